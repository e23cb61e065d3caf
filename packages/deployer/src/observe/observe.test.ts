import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { recordingFleet } from '@flotilla/exec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { localServer } from '../../test/local-server.ts';
import type { LocalServer } from '../../test/local-server.ts';
import { sketchUnit } from '../../test/sketch.ts';
import type { Observation } from './observation.ts';
import { observeServer } from './observe.ts';
import { toObservedServer } from './observed.ts';
import { parseObservation } from './parse.ts';

const scope = { environment: 'waybill', guarded: ['database'], edgeServers: [] };
let server: LocalServer;
beforeEach(() => {
  server = localServer();
  server.install('docker', '');
});
afterEach(() => server.remove());

const write = (path: string, text: string) => writeFileSync(join(server.root, 'waybill', path), text);

async function observe(): Promise<Observation> {
  const observation = await observeServer(server, scope);
  if (observation.kind !== 'reached') throw new Error(observation.detail);
  return observation;
}

const line = (status: string) =>
  JSON.stringify({
    id: 'c',
    name: 'lock\tx',
    image: 'i',
    state: 'running',
    status,
    service: 'web',
    runHash: 'h',
    secretsHash: '',
  });

const observation: Observation = {
  kind: 'reached',
  server: 'app1',
  bootId: 'b',
  freeBytes: 1,
  journal: [],
  edge: [],
  guards: {},
  containers: [],
  releases: [],
};

const midway = (current: string) =>
  toObservedServer({ ...observation, releases: [{ service: 'web', applied: 'r1', current, releases: [] }] });

describe('observing a server', () => {
  it('finds nothing on a new one', async () => {
    server.install('sed', 'exec /bin/sed "$@"');
    expect(await observe()).toMatchObject({ releases: [], containers: [], edge: [], guards: {}, journal: [] });
    expect((await observe()).freeBytes).toBeGreaterThan(0);
  });

  it('reads releases, lock, hold and journal', async () => {
    const { unit } = sketchUnit('app1', { service: 'web' });
    mkdirSync(join(server.root, 'waybill/services/web/releases/r1'), { recursive: true });
    mkdirSync(join(server.root, 'waybill/services/web/releases/r2'));
    symlinkSync('releases/r2', join(server.root, 'waybill/services/web/current'));
    write('services/web/applied', 'r1\n');
    write('services/web/failed', 'r2\n');
    write('services/web/releases/r1.json', JSON.stringify(unit));
    write('lock/owner.json', JSON.stringify({ kind: 'deploy', holder: 'maria', reason: 'x', at: 'now' }));
    write('lock/expires', '1');
    write('hold', 'being repaired\n');
    write('journal.jsonl', `{"at":"t","run":7,"event":"begin","service":"web"}\nnot json\n{"at":"t"}\n`);
    const seen = await observe();
    const [web] = seen.releases;
    expect(web).toMatchObject({ service: 'web', applied: 'r1', current: 'r2', failed: 'r2', releases: ['r1', 'r2'] });
    expect(web?.definition).toEqual(JSON.parse(JSON.stringify(unit)));
    expect(seen.lock).toMatchObject({ owner: { holder: 'maria' }, isExpired: true });
    expect(seen.hold).toBe('being repaired');
    expect(seen.journal).toEqual([{ at: 't', run: 7, event: 'begin', service: 'web' }]);
  });

  it('reads containers, and does not take a container for another section', async () => {
    server.install(
      'docker',
      `cat <<'END'\n${line('Up 3 minutes (healthy)')}\n${line('Up 1 second (health: starting)')}\nEND`,
    );
    const seen = await observe();
    expect(seen.containers.map(({ health }) => health)).toEqual(['healthy', 'starting']);
    expect(seen.lock?.owner.holder).toBe('unknown');
  });

  it('gives a server that does not answer as a value', async () => {
    const fleet = recordingFleet({ environment: 'waybill', hosts: { db1: '192.0.2.4' }, script: () => 'unreachable' });
    expect(await observeServer(fleet.server('db1'), scope)).toMatchObject({ kind: 'unreachable', server: 'db1' });
  });

  it('does not trust half an answer', () => {
    expect(parseObservation('app1', 'boot\tb\nfree\t1\n')).toBeUndefined();
  });
});

describe('what planning sees', () => {
  it('is no applied hash while a change is under way', () => {
    expect(midway('r1').units['web']?.appliedHash).toBe('r1');
    expect(midway('r2').units['web']?.appliedHash).toBeUndefined();
  });

  it('leaves out what was only uploaded', () => {
    expect(toObservedServer({ ...observation, releases: [{ service: 'web', releases: ['r1'] }] }).units).toEqual({});
  });
});
