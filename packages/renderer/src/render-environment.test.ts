import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { fleetOf, INPUTS, parseText, renderText, service, serverOf, textOf, unitOf } from '../test/fleets.ts';
import { renderEnvironment } from './render-environment.ts';

const WAYBILL = readFileSync(join(import.meta.dirname, '../../../environments/waybill/environment.yaml'), 'utf8');
const PAIR = readFileSync(join(import.meta.dirname, '../test/golden/pair/environment.yaml'), 'utf8');

/** The same value with the keys of every mapping in the opposite order. */
function reverseKeys<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reverseKeys) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, nested]) => [key, reverseKeys(nested)]),
  ) as T;
}

describe('renderEnvironment', () => {
  it.each([
    ['waybill', WAYBILL],
    ['pair', PAIR],
  ])('gives the same bytes for %s however its keys are ordered', (_, text) => {
    const environment = parseText(text);
    expect(renderEnvironment(reverseKeys(environment), INPUTS)).toEqual(renderEnvironment(environment, INPUTS));
  });

  it('sorts servers by name and files by path', () => {
    const tree = renderText(WAYBILL);
    expect(tree.servers.map(({ server }) => server)).toEqual(['app1', 'app2', 'db1', 'db2', 'lb']);
    for (const { files } of tree.servers) {
      const paths = files.map(({ path }) => path);
      expect(paths).toEqual([...paths].sort());
    }
  });

  it('leaves out what refers to nothing', () => {
    const tree = renderText(
      fleetOf(
        service.haproxy('edge', 'a', '/: nowhere, /w: queue'),
        service.worker('queue', 'nobody, a', ', uses: [nothing]'),
        service.postgres('db', 'primary: nobody, replicas: [a]'),
      ),
    );
    expect(serverOf(tree, 'a').units.map((unit) => unit.service)).toEqual(['guard', 'db', 'queue', 'edge']);
    expect(textOf(tree, 'a', 'services/edge/haproxy.cfg')).not.toContain('backend');
  });

  it('puts a guard on every server when a service is guarded, and on none otherwise', () => {
    const guarded = renderText(fleetOf(service.postgres('db', 'primary: a')));
    expect(guarded.servers.map(({ units }) => units.map((unit) => unit.service).includes('guard'))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(serverOf(renderText(fleetOf(service.app('app', 'a'))), 'a').units.map(({ kind }) => kind)).toEqual(['app']);
  });
});

describe('hashes', () => {
  const before = renderText(WAYBILL);

  it('keeps the run hash when only a reloadable file changes', () => {
    const after = renderText(WAYBILL.replace('balance: roundrobin', 'balance: leastconn'));
    expect(unitOf(after, 'lb', 'edge').runHash).toBe(unitOf(before, 'lb', 'edge').runHash);
    expect(unitOf(after, 'lb', 'edge').hash).not.toBe(unitOf(before, 'lb', 'edge').hash);
    expect(serverOf(after, 'lb').digest).not.toBe(serverOf(before, 'lb').digest);
    expect(serverOf(after, 'app1').digest).toBe(serverOf(before, 'app1').digest);
    expect(after.digest).not.toBe(before.digest);
  });

  it.each([
    {
      what: 'a setting that a restart applies',
      from: 'max_connections: 100',
      to: 'max_connections: 120',
      server: 'db1',
      name: 'database',
    },
    { what: 'an image', from: 'nginx:1.28.0', to: 'nginx:1.28.1', server: 'app1', name: 'web' },
  ] as const)('changes the run hash with $what', ({ from, to, server, name }) => {
    const after = renderText(WAYBILL.replace(from, to));
    expect(unitOf(after, server, name).runHash).not.toBe(unitOf(before, server, name).runHash);
  });

  it('writes the run hash of the unit into its container', () => {
    for (const { server, units } of before.servers)
      for (const unit of units) {
        const compose = textOf(before, server, `services/${unit.service}/compose.yaml`);
        expect(compose).toContain(`flotilla.run-hash: '${unit.runHash}'`);
        expect(compose).not.toContain('0'.repeat(64));
      }
  });

  it('recreates exactly the units whose secret changed', () => {
    const secretHashes = { ...INPUTS.secretHashes, 'database-owner-warehousedb': 'changed' };
    const after = renderEnvironment(parseText(WAYBILL), { ...INPUTS, secretHashes });
    const changed = before.servers.flatMap(({ server, units }) =>
      units.filter((unit) => unitOf(after, server, unit.service).runHash !== unit.runHash).map((unit) => unit.service),
    );
    expect([...new Set(changed)]).toEqual(['app', 'queue', 'database']);
  });
});
