import { compareFindings, parseEnvironment } from '@flotilla/model';
import { describe, expect, it } from 'vitest';

import { DIGEST, fleet, parse, place, treeOf, unit } from '../test/support.ts';
import { checkEnvironment, checkTree, inspectEnvironment } from './check.ts';

const SOUND = fleet({ services: '  w: { kind: worker, image: IMAGE, on: [a], memory: 1GiB }' });

describe('inspectEnvironment', () => {
  it('finds nothing in a sound environment', () => {
    const { environment, sources } = parse(SOUND);
    expect(inspectEnvironment(environment, sources)).toEqual({ findings: [], canRender: true });
  });

  it('refuses rendering when a reference is broken, and still reports what else is wrong', () => {
    const text = SOUND.replace('on: [a]', 'on: [z]').replace(`@${DIGEST}`, '');
    const { environment, sources } = parse(text);
    const { findings, canRender } = inspectEnvironment(environment, sources);
    expect(canRender).toBe(false);
    expect(findings.map(({ code }) => code)).toEqual(['VALIDATE_IMAGE_UNPINNED', 'VALIDATE_UNKNOWN_SERVER']);
  });

  it('allows rendering in spite of errors that leave the references whole', () => {
    const text = SOUND.replace('memory: 1GiB }', 'memory: 1GiB, public: [80] }');
    const { environment, sources } = parse(text);
    const { findings, canRender } = inspectEnvironment(environment, sources);
    expect(findings.map(({ severity }) => severity)).toEqual(['error']);
    expect(canRender).toBe(true);
  });
});

describe('an environment that extends another', () => {
  const BASE = 'environments/base/environment.yaml';
  const ENTRY = 'environments/test/environment.yaml';
  const base = fleet({
    services: [
      '  edge: { kind: haproxy, image: IMAGE, on: [a, b], memory: 1GiB, routes: { /: web } }',
      '  web: { kind: app, image: IMAGE, on: [a], port: 80, memory: 1GiB, health: { http: / } }',
      '  db: { kind: postgres, image: IMAGE, primary: a, databases: [x], memory: 1GiB, backup: nightly }',
    ].join('\n'),
    rest: 'backups: { nightly: { at: "02:00", keep: { daily: 7 } } }',
  }).replace(':1.2.3', ':17.6');
  const overlay = (...lines: readonly string[]) => ['environment: test', 'extends: ../base', ...lines].join('\n');
  const foundIn = (text: string, below = base) => {
    const texts = new Map([
      [BASE, below],
      [ENTRY, text],
    ]);
    const parsed = parseEnvironment({ entry: ENTRY, read: (path) => texts.get(path) });
    if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings));
    return checkEnvironment(parsed.environment, parsed.sources)
      .filter(({ code }) => code.startsWith('VALIDATE_BACKUP') || code === 'VALIDATE_SINGLE_INSTANCE')
      .map(({ code, at }) => `${code} ${at.file} ${at.line}:${at.column}`);
  };

  it('is told of what it inherits where the other has it, and of what it writes where it does', () => {
    expect(foundIn(overlay('services:', '  db: { replicas: [b] }'))).toEqual([
      `VALIDATE_SINGLE_INSTANCE ${BASE} ${place(base, 'web: {')}`,
      `VALIDATE_BACKUP_NOT_CARRIED_OUT ${BASE} ${place(base, 'nightly }')}`,
    ]);
    const without = overlay('services:', '  db:', '    backup: null', '    replicas: [b]');
    expect(foundIn(without)).toEqual([
      `VALIDATE_SINGLE_INSTANCE ${BASE} ${place(base, 'web: {')}`,
      `VALIDATE_BACKUP_MISSING ${ENTRY} ${place(without, 'db:')}`,
    ]);
  });

  it('can add the backup that the other lacks, and is warned until it does', () => {
    const bare = base.replace(', backup: nightly', '').replace(/^backups:.*$/m, 'backups: {}');
    const services = ['services:', '  web: { on: [a, b] }', '  db:', '    replicas: [b]'];
    const text = overlay(...services);
    expect(foundIn(text, bare)).toEqual([`VALIDATE_BACKUP_MISSING ${ENTRY} ${place(text, 'db:')}`]);
    const own = overlay(...services, '    backup: own', 'backups: { own: { at: "02:00", keep: { daily: 7 } } }');
    expect(foundIn(own, bare)).toEqual([`VALIDATE_BACKUP_NOT_CARRIED_OUT ${ENTRY} ${place(own, 'own\n')}`]);
  });
});

describe('checkTree', () => {
  it('reports of several rules and servers in the order of places', () => {
    const tree = treeOf({
      b: [unit({ service: 'w', server: 'b', cpus: 9 })],
      a: [unit({ service: 'w', memoryBytes: 2 ** 40, secretFiles: ['key'] })],
    });
    const findings = checkTree({ ...parse(SOUND), tree, secretHashes: {} });
    expect(findings.map(({ code }) => code)).toEqual([
      'VALIDATE_MEMORY_PROMISED',
      'VALIDATE_CPUS_PROMISED',
      'VALIDATE_SECRET_MISSING',
    ]);
    expect([...findings].sort(compareFindings)).toEqual(findings);
  });
});

describe('a fleet of 100 servers and 1,000 services', () => {
  it('is checked in one pass per rule, with each finding once', () => {
    const servers = Array.from(
      { length: 100 },
      (_, index) => `  s${index}: { host: 10.0.0.${index}, cpus: 2, memory: 4GiB }`,
    );
    const services = Array.from(
      { length: 1_000 },
      (_, index) => `  w${index}: { kind: worker, image: "app:1.2", on: [s${index % 100}], memory: 1MiB }`,
    );
    const { environment, sources } = parse(fleet({ servers: servers.join('\n'), services: services.join('\n') }));
    expect(checkEnvironment(environment, sources)).toHaveLength(1_000);
  });
});
