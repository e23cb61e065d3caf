import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { systemClock } from '@flotilla/exec';
import { expect, test } from 'vitest';

import { failOver, failoverWords, healthyRoles, rejoin, statusOf } from '../../e2e/support/data-tier.ts';
import { whileWriting } from '../../e2e/support/oracle.ts';
import { timed } from '../support/bench.ts';
import type { Bench } from '../support/bench.ts';
import { bootEngine, whole, expectRefused, inEngine, memberIn, strike, untilStatus } from '../support/look.ts';
import { PARCELS, psql } from './psql.ts';

const SOME = 200;
/** What the old primary takes while nobody else hears of it. */
const DIVERGED_ROWS = 200_000;
/** A guard that meant to promote would have done so. */
const LONG_ENOUGH_MS = 8_000;

const clock = systemClock();

/** What happens to the engines and to whoever handles them. */
export function processFaults({ fleet, note }: Bench): void {
  const engineAt = (server: string) => `${fleet().data.service}@${server}`;

  test('two hundred thousand rows that only the loser had are kept, counted and exported', async () => {
    const { primary, replica } = await healthyRoles(fleet());
    await psql(fleet(), primary, PARCELS.make);
    await untilStatus(
      fleet(),
      'the empty table received',
      (status) => memberIn(status, replica).lag?.amount.toString() === '0',
    );
    await strike(fleet(), 'disconnect', replica);
    await psql(fleet(), primary, PARCELS.fill(1, DIVERGED_ROWS));
    await strike(fleet(), 'kill9', engineAt(primary), 'no-restart');
    await strike(fleet(), 'reconnect', replica);
    await untilStatus(fleet(), 'the replica is back', (status) => memberIn(status, replica).role === 'replica');
    await failOver(fleet());
    expect(await psql(fleet(), replica, PARCELS.count)).toBe('0');
    await bootEngine(fleet(), primary);
    const folder = await mkdtemp(join(tmpdir(), 'flotilla-divergence-'));
    try {
      const { result: report, took } = await timed(() => rejoin(fleet(), primary, '--save', folder));
      note('200,000 rows diverged', 'rejoined and exported', took);
      expect(report.divergence?.commits).toBeGreaterThan(0);
      expect(await rowsIn(folder)).toBe(DIVERGED_ROWS);
      expect(report.divergence?.keptIn).toContain('superseded');
      note('200,000 rows diverged', 'size of the export', `${report.saved?.sizeBytes ?? 0} bytes`);
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(await healthyRoles(fleet())).toEqual({ primary: replica, replica: primary });
  });

  test('row 24: a second failover within the quiet period needs a person who says so', async () => {
    const { primary, replica } = await healthyRoles(fleet());
    await strike(fleet(), 'kill9', engineAt(primary), 'no-restart');
    await failOver(fleet());
    await bootEngine(fleet(), primary);
    await healthyRoles(fleet());
    await strike(fleet(), 'kill9', engineAt(replica), 'no-restart');
    await untilStatus(fleet(), 'down', ({ health }) => health === 'down');
    const soon = failoverWords(fleet()).filter((word) => word !== '--despite-quiet-period');
    await expectRefused(fleet(), 'FAILOVER_QUIET_PERIOD', soon);
    expect(await failOver(fleet())).toMatchObject({ from: replica, to: primary });
    await bootEngine(fleet(), replica);
    expect(await healthyRoles(fleet())).toEqual({ primary, replica });
  });

  test('row 20: a standby that is promoted behind the tool serves nobody and becomes a replica again', async () => {
    await whileWriting(fleet(), 'row-20', async (writing) => {
      const before = await whole(fleet());
      const { replica } = before;
      await writing.continues(SOME);
      await inEngine(fleet(), replica, 'postgres', 'pg_ctl promote -D "$PGDATA"');
      const kept = await untilStatus(
        fleet(),
        'superseded data kept aside',
        (status) => status.health === 'ok' || memberIn(status, replica).role === 'closed',
      );
      expect(kept.extraPrimaries).toEqual([]);
      await writing.continues(SOME);
      expect(await whole(fleet())).toEqual(before);
      const { verdict } = await writing.judge();
      expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
      expect(verdict.generations).toHaveLength(1);
    });
  });

  test('row 21: a standby that comes back alone after both died is not promoted', async () => {
    await whileWriting(fleet(), 'row-21', async (writing) => {
      await writing.continues(SOME);
      const before = await whole(fleet());
      const { primary, replica } = before;
      await Promise.all([primary, replica].map((server) => strike(fleet(), 'kill', server)));
      await strike(fleet(), 'boot', replica);
      await untilStatus(fleet(), 'the guard of the replica answers', (status) => status.votes.answered === 2);
      await clock.sleep(LONG_ENOUGH_MS);
      const alone = await statusOf(fleet());
      expect(alone).toMatchObject({
        health: 'down',
        extraPrimaries: [],
        term: { holder: primary, phase: 'promoted' },
      });
      expect(alone.primary).toBeUndefined();
      await strike(fleet(), 'boot', primary);
      expect(await whole(fleet())).toEqual(before);
      await writing.continues(SOME);
      const { verdict } = await writing.judge();
      expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
    });
  });

  test('row 22: a copy that was cut short is never started, and nobody fails over to it', async () => {
    const before = await whole(fleet());
    const { primary, replica } = before;
    await psql(fleet(), primary, PARCELS.make, PARCELS.fill(1, DIVERGED_ROWS));
    await strike(fleet(), 'stop', engineAt(replica));
    await strike(fleet(), 'wipe', engineAt(replica));
    await strike(fleet(), 'lossy', primary, replica, '10');
    await bootEngine(fleet(), replica);
    await inEngine(fleet(), replica, 'root', UNTIL_COPYING);
    await strike(fleet(), 'kill9', engineAt(replica));
    await strike(fleet(), 'kill9', engineAt(primary), 'no-restart');
    await untilStatus(fleet(), 'down', ({ health }) => health === 'down');
    await expectRefused(fleet(), 'FAILOVER_NO_CANDIDATE', failoverWords(fleet()));
    await strike(fleet(), 'mend', primary);
    await bootEngine(fleet(), primary);
    expect(await whole(fleet())).toEqual(before);
    expect(await inEngine(fleet(), replica, 'root', 'ls -d "$PGDATA".clone 2>/dev/null || echo none')).toBe('none');
    expect(await psql(fleet(), replica, PARCELS.count)).toBe(String(DIVERGED_ROWS));
  });

  test('row 25: a replica whose log was removed is named, and comes back by a rejoin', async () => {
    const { primary, replica } = await healthyRoles(fleet());
    await psql(fleet(), primary, `ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'`, 'SELECT pg_reload_conf()');
    try {
      await strike(fleet(), 'stop', engineAt(replica));
      const needed = await psql(fleet(), primary, 'SELECT pg_walfile_name(restart_lsn) FROM pg_replication_slots');
      await psql(fleet(), primary, PARCELS.make, ...Array.from({ length: 4 }, (_, at) => SWITCH_LOG(at)).flat());
      // The guard drops a slot that is lost: the log itself tells.
      const left = `SELECT count(*) FROM pg_ls_waldir() WHERE name = '${needed}'`;
      await expect.poll(() => psql(fleet(), primary, 'CHECKPOINT', left), { timeout: 20_000 }).toBe('0');
      await bootEngine(fleet(), replica);
      const stranded = await untilStatus(fleet(), 'degraded', ({ health }) => health === 'degraded');
      expect(stranded).toMatchObject({ primary, extraPrimaries: [] });
      await rejoin(fleet(), replica);
    } finally {
      await psql(fleet(), primary, 'ALTER SYSTEM RESET max_slot_wal_keep_size', 'SELECT pg_reload_conf()');
    }
    expect(await healthyRoles(fleet())).toEqual({ primary, replica });
  });
}

/** Ends once a copy of the primary's data is under way and not whole; on a lossy line that may take half a minute. */
const UNTIL_COPYING = `for _ in $(seq 500); do
  [ ! -d "$PGDATA".clone/base ] || exit 0
  [ ! -f "$PGDATA/PG_VERSION" ] || { echo 'the copy was whole already' >&2; exit 1; }
  sleep 0.1
done
echo 'no copy was begun' >&2; exit 1`;

/** Fills a file of the log and begins the next. */
const SWITCH_LOG = (at: number) => [PARCELS.fill(at * 1_000, at * 1_000 + 999), 'SELECT pg_switch_wal()', 'CHECKPOINT'];

/** Counts the rows of the table in the dump that was saved. */
async function rowsIn(folder: string): Promise<number> {
  const [name] = (await readdir(folder)).filter((each) => each.endsWith('.sql.gz'));
  if (name === undefined) throw new Error('nothing was saved');
  const dump = gunzipSync(await readFile(join(folder, name))).toString('utf8');
  const [, rows = ''] = /^COPY public\.parcel .*\n([\s\S]*?)^\\\.$/m.exec(dump) ?? [];
  return rows.split('\n').filter((line) => line !== '').length;
}
