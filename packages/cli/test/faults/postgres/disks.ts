import { systemClock } from '@flotilla/exec';
import { expect, test } from 'vitest';

import { failOver, healthyRoles, statusOf, switchOver } from '../../e2e/support/data-tier.ts';
import { seconds } from '../../e2e/support/figures.ts';
import { whileWriting } from '../../e2e/support/oracle.ts';
import type { Bench } from '../support/bench.ts';
import { bootEngine, whole, inEngine, memberIn, onSmallDisk, strike, untilStatus } from '../support/look.ts';
import { PARCELS, psql } from './psql.ts';

const SOME = 200;
const ROWS = 50_000;
/** Writes meet the full disk, and a guard that meant to do something about it would have. */
const LONG_ENOUGH_MS = 8_000;

const clock = systemClock();

/** What happens to the disks. */
export function diskFaults({ fleet, note }: Bench): void {
  const engineAt = (server: string) => `${fleet().data.service}@${server}`;

  test('row 14: a primary whose disk is full loses nothing, is not replaced behind anybody, and goes on when there is room', async () => {
    const before = await whole(fleet());
    const { primary } = before;
    await psql(fleet(), primary, PARCELS.make);
    await onSmallDisk(fleet(), primary, async () => {
      expect(await whole(fleet())).toEqual(before);
      await whileWriting(fleet(), 'row-14', async (writing) => {
        await writing.continues(SOME);
        await strike(fleet(), 'fill', engineAt(primary));
        await expect(psql(fleet(), primary, PARCELS.fill(1, ROWS))).rejects.toThrow(/No space left/);
        await clock.sleep(LONG_ENOUGH_MS);
        expect(await statusOf(fleet())).toMatchObject({ term: before.term, extraPrimaries: [] });
        await strike(fleet(), 'free', engineAt(primary));
        expect(await whole(fleet())).toEqual(before);
        await writing.continues(SOME);
        const { verdict } = await writing.judge();
        expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
        note('14 disk of the primary full', 'longest write gap', seconds(verdict.longestGap?.durationMs ?? 0));
      });
    });
    expect(await whole(fleet())).toEqual(before);
  });

  test('row 15: a replica whose disk is full drops out alone, and catches up when there is room', async () => {
    const before = await whole(fleet());
    const { primary, replica } = before;
    await psql(fleet(), primary, PARCELS.make);
    await onSmallDisk(fleet(), replica, () =>
      whileWriting(fleet(), 'row-15', async (writing) => {
        await whole(fleet());
        await strike(fleet(), 'fill', engineAt(replica));
        await psql(fleet(), primary, PARCELS.fill(1, 4 * ROWS));
        await untilStatus(fleet(), 'degraded', ({ health }) => health === 'degraded');
        await writing.continues(SOME);
        expect(await statusOf(fleet())).toMatchObject({ primary, extraPrimaries: [] });
        await strike(fleet(), 'free', engineAt(replica));
        expect(await whole(fleet())).toEqual(before);
        const { verdict } = await writing.judge();
        expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
        note('15 disk of the replica full', 'longest write gap', seconds(verdict.longestGap?.durationMs ?? 0));
      }),
    );
    expect(await whole(fleet())).toEqual(before);
  });

  test('row 18: a primary whose data are gone makes no new database, and comes back as a copy of its successor', async () => {
    const { primary, replica } = await healthyRoles(fleet());
    await psql(fleet(), primary, PARCELS.make, PARCELS.fill(1, ROWS));
    await untilStatus(
      fleet(),
      'everything received',
      (status) => memberIn(status, replica).lag?.amount.toString() === '0',
    );
    await strike(fleet(), 'stop', engineAt(primary));
    await strike(fleet(), 'wipe', engineAt(primary));
    await bootEngine(fleet(), primary);
    await untilStatus(fleet(), 'empty', (status) => memberIn(status, primary).engine?.state === 'empty');
    expect(await inEngine(fleet(), primary, 'root', 'ls "$PGDATA" 2>/dev/null | wc -l')).toBe('0');
    expect(await failOver(fleet())).toMatchObject({ from: primary, to: replica });
    await bootEngine(fleet(), primary);
    expect(await healthyRoles(fleet())).toEqual({ primary: replica, replica: primary });
    expect(Number(await psql(fleet(), primary, PARCELS.count))).toBeGreaterThanOrEqual(ROWS);
  });

  test('row 19: a flipped bit on the primary is an error and not a wrong answer, and the replica is sound', async () => {
    const { primary, replica } = await healthyRoles(fleet());
    await psql(fleet(), primary, PARCELS.make, PARCELS.fill(1, ROWS), 'CHECKPOINT');
    const rows = await psql(fleet(), primary, PARCELS.count);
    const path = await psql(fleet(), primary, `SELECT 'pgdata/' || pg_relation_filepath('parcel')`);
    await strike(fleet(), 'stop', engineAt(primary));
    await strike(fleet(), 'corrupt', engineAt(primary), path);
    await bootEngine(fleet(), primary);
    expect(await healthyRoles(fleet())).toEqual({ primary, replica });
    // Class XX: data corrupted.
    await expect(psql(fleet(), primary, 'SELECT count(label) FROM parcel')).rejects.toThrow(/XX001/);
    await switchOver(fleet(), replica);
    expect(await psql(fleet(), replica, 'SELECT count(label) FROM parcel')).toBe(rows);
    await strike(fleet(), 'stop', engineAt(primary));
    await strike(fleet(), 'wipe', engineAt(primary));
    await bootEngine(fleet(), primary);
    expect(await healthyRoles(fleet())).toEqual({ primary: replica, replica: primary });
    expect(await psql(fleet(), primary, 'SELECT count(label) FROM parcel')).toBe(rows);
  });
}
