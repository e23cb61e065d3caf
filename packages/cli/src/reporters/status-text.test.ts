import type { Assessment, Electorate } from '@flotilla/failover';
import { expect, test } from 'vitest';

import { describeService } from './service-status.ts';
import { statusLines } from './status-text.ts';

const WELL: Assessment = {
  environment: 'lab',
  service: 'store',
  nextTerm: 1,
  primary: 'db1',
  extraPrimaries: [],
  members: [
    { server: 'db1', role: 'primary', reachable: true, container: 'running', reason: '' },
    { server: 'db2', role: 'replica', reachable: true, container: 'running', reason: '' },
  ],
  votes: { answered: 3, needed: 2, total: 3, silent: [] },
  health: 'ok',
};
const NOTHING = { last: undefined, kept: [], isolated: [] };
const REAL = { sandbox: false };
const VOTES = { votes: true, reason: '' };

function electorate(silent: readonly string[]): Electorate {
  const voters = ['db1', 'db2', 'lb'].map((server) =>
    silent.includes(server) ? { server, votes: false, reason: 'its Sentinel does not answer' } : { server, ...VOTES },
  );
  return { what: 'Sentinels', voters, needed: 2, hasQuorum: silent.length < 2 };
}

function textOf(changes: Partial<Parameters<typeof describeService>[0]>): string {
  return statusLines(describeService({ ...WELL, ...changes }, NOTHING), REAL).join('\n');
}

test('voters that are all there are counted in one line', () => {
  expect(textOf({ electorate: electorate([]) })).toMatch(/^ {2}3 of 3 Sentinels vote$/m);
});

test('a voter that is missing is named, and a lost quorum is told from one missing voter', () => {
  const one = textOf({ electorate: electorate(['lb']) });
  expect(one).toMatch(/2 of 3 Sentinels vote, 2 are needed$/m);
  expect(one).toMatch(/lb +does not vote: its Sentinel does not answer/);
  expect(textOf({ electorate: electorate(['lb', 'db2']) })).toMatch(/1 of 3 Sentinels vote, NO QUORUM/);
});

test('an isolated member leaves a service degraded, and it is said since when and what lifts it', () => {
  const since = '2026-01-01T00:00:00.000Z';
  const isolated = [
    { server: 'db2', on: ['db1', 'lb'], since },
    { server: 'other', on: ['lb'], since },
  ];
  const status = describeService(WELL, { ...NOTHING, isolated });
  expect(status).toMatchObject({ health: 'degraded', isolated: [{ server: 'db2' }] });
  const text = statusLines(status, REAL).join('\n');
  expect(text).toMatch(/isolated: db2 since 2026-01-01T00:00:00.000Z, by db1, lb; .*rejoin/);
  expect(text).not.toContain('other');
  expect(text).toMatch(/^ {2}next: scripts\/flotilla rejoin lab store db2$/m);
  expect(statusLines(status, { sandbox: true }).join('\n')).toMatch(/next: .* rejoin lab --sandbox store db2$/m);
});

test('a machine that no server answers is told so, and nothing that looks like a state of the service', () => {
  const text = textOf({ health: 'down', isCutOff: true });
  expect(text).toMatch(/^store: no server answers this machine/);
  expect(text).not.toMatch(/no term|down|guards answer/);
});
