import { systemClock } from '@flotilla/exec';
import { sentinelUnit } from '@flotilla/model';
import { expect, test } from 'vitest';

import { healthyRoles, statusOf } from '../e2e/support/data-tier.ts';
import type { Roles } from '../e2e/support/data-tier.ts';
import { seconds } from '../e2e/support/figures.ts';
import { acksOf, whileWriting } from '../e2e/support/oracle.ts';
import { openBench, timed } from './support/bench.ts';
import { bootEngine, inEngine, memberIn, strike, untilStatus } from './support/look.ts';
import { replacedMachine } from './support/replaced-machine.ts';

const SOME = 200;
/** After 5 s of silence the Sentinels would have begun, and have needed 2 s more. */
const LONG_ENOUGH_MS = 15_000;
/** What a split primary may still accept (`min-replicas-max-lag`), and a Redis that counts in whole seconds on a busy machine. */
const SPLIT_WINDOW_MS = 3_000 + 3_000;
const KEPT_KEYS = 100;

const bench = openBench({
  environment: 'faultsredis',
  template: 'lab/redis',
  data: { service: 'store', kind: 'redis', database: '', client: 'edge', oldClient: 'edge' },
});
const { fleet, note } = bench;

const clock = systemClock();
const engineAt = (server: string) => `${fleet().data.service}@${server}`;
const sentinelAt = (server: string) => `${sentinelUnit(fleet().data.service)}@${server}`;

/** Gives the roles of a whole service, with the other replica. */
async function roles(): Promise<Roles & { readonly other: string }> {
  const { primary, replica } = await healthyRoles(fleet());
  const { members } = await statusOf(fleet());
  const other = members.find(({ server }) => server !== primary && server !== replica)?.server;
  if (other === undefined) throw new Error('there is no second replica');
  return { primary, replica, other };
}

function redisCli(server: string, ...words: readonly string[]): Promise<string> {
  const script = 'REDISCLI_AUTH=$(cat "$1") && export REDISCLI_AUTH && shift && redis-cli --no-auth-warning "$@"';
  return inEngine(fleet(), server, 'root', script, `/secrets/${fleet().data.service}-superuser`, ...words);
}

test('row 29: a primary whose process dies is replaced without a person, and its clients find the new one', async () => {
  const { primary } = await roles();
  await whileWriting(fleet(), 'row-29', async (writing) => {
    await writing.continues(SOME);
    await strike(fleet(), 'kill9', engineAt(primary), 'no-restart');
    await writing.continues(SOME);
    await bootEngine(fleet(), primary);
    const after = await healthyRoles(fleet());
    expect(after.primary).not.toBe(primary);
    const { verdict } = await writing.judge();
    expect(verdict).toMatchObject({ holes: [], duplicated: [], unsent: [] });
    note('29 killed', 'longest write gap', seconds(verdict.longestGap?.durationMs ?? 0));
    note('29 killed', 'acknowledged, lost', `${verdict.acknowledged}, ${verdict.lost.length}`);
  });
});

test('row 30: a primary lost together with two Sentinels is not replaced', async () => {
  const { primary, replica, other } = await roles();
  await strike(fleet(), 'stop', sentinelAt(replica));
  try {
    await strike(fleet(), 'kill', primary);
    await clock.sleep(LONG_ENOUGH_MS);
    const alone = await statusOf(fleet());
    expect(alone.primary).toBeUndefined();
    for (const server of [replica, other]) expect(memberIn(alone, server).engine?.role).not.toBe('primary');
  } finally {
    await strike(fleet(), 'boot', sentinelAt(replica));
    await strike(fleet(), 'boot', primary);
  }
  await healthyRoles(fleet());
});

test('row 31: a primary that is split off with a client refuses its writes, and loses those of a moment', async () => {
  const { primary, replica, other } = await roles();
  await whileWriting(fleet(), 'row-31', async (writing) => {
    const lane = await writing.addLocalClient(primary);
    await writing.continues(SOME);
    for (const peer of [fleet().data.client, replica, other]) await strike(fleet(), 'cut', primary, peer);
    const cutAt = clock.now();
    await writing.continues(SOME);
    await clock.sleep(LONG_ENOUGH_MS);
    await strike(fleet(), 'mend', primary);
    const after = await healthyRoles(fleet());
    expect(after.primary).not.toBe(primary);
    const { log, verdict } = await writing.judge();
    const lastLocal = Math.max(...acksOf(log, lane).map(({ at }) => at));
    expect(lastLocal - cutAt).toBeLessThan(SPLIT_WINDOW_MS);
    expect(verdict).toMatchObject({ duplicated: [], unsent: [] });
    note('31 split', 'it went on accepting for', seconds(Math.max(0, lastLocal - cutAt)));
    note('31 split', 'acknowledged, lost', `${verdict.acknowledged}, ${verdict.lost.length}`);
  });
});

test('row 32: a primary that starts without its data does not empty its replicas', async () => {
  const { primary, replica, other } = await roles();
  const keys = Array.from({ length: KEPT_KEYS }, (_, at) => [`kept:${at}`, String(at)]).flat();
  await redisCli(primary, 'MSET', ...keys);
  await redisCli(primary, 'WAIT', '2', '5000');
  await strike(fleet(), 'stop', engineAt(primary));
  await strike(fleet(), 'wipe', engineAt(primary));
  const { took } = await timed(async () => {
    await bootEngine(fleet(), primary);
    await untilStatus(fleet(), 'whole', ({ health }) => health === 'ok');
  });
  note('32 without data', 'until whole again', took);
  const names = keys.filter((_, at) => at % 2 === 0);
  for (const server of [primary, replica, other]) {
    expect(Number(await redisCli(server, 'EXISTS', ...names))).toBe(KEPT_KEYS);
  }
});

replacedMachine(bench);
