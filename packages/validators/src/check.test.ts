import { compareFindings } from '@flotilla/model';
import { describe, expect, it } from 'vitest';

import { DIGEST, fleet, parse, treeOf, unit } from '../test/support.ts';
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
