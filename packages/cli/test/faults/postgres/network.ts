import { isDeepStrictEqual } from 'node:util';

import { systemClock } from '@flotilla/exec';
import type { OracleVerdict } from '@flotilla/sandbox';
import { expect, test } from 'vitest';

import {
  codeIn,
  failOver,
  failoverWords,
  healthyRoles,
  rejoin,
  statusOf,
  switchOver,
} from '../../e2e/support/data-tier.ts';
import type { Roles } from '../../e2e/support/data-tier.ts';
import { seconds } from '../../e2e/support/figures.ts';
import { whileWriting } from '../../e2e/support/oracle.ts';
import type { Writing } from '../../e2e/support/oracle.ts';
import { timed } from '../support/bench.ts';
import type { Bench } from '../support/bench.ts';
import { whole, expectRefused, memberIn, strike, untilStatus } from '../support/look.ts';
import { withoutPower, withoutProof } from '../support/no-proof.ts';
import { openIdleSession } from './idle-session.ts';

const clock = systemClock();
/** Acknowledged writes before and after an event: about a second's worth. */
const SOME = 200;
/** Three checks of the data endpoint, and what a switchover that has returned may still owe. */
const CUT_WITHIN_MS = 3 * 250;

/** Nobody took over, and no acknowledged write was lost. */
const NOTHING = { isSame: true, lost: [], lateAcks: [], duplicated: [], unsent: [] };

/** What happens between the servers. */
export function networkFaults({ fleet, note }: Bench): void {
  test('row 6: a primary cut off from everybody is not replaced before its fence is proved', async () => {
    const { primary, replica } = await healthyRoles(fleet());
    await whileWriting(fleet(), 'row-6', async (writing) => {
      await writing.continues(SOME);
      await strike(fleet(), 'disconnect', primary);
      await withoutProof(fleet(), async () => {
        const { stdout } = await fleet().expect(1, ...failoverWords(fleet()));
        expect(codeIn(stdout)).toBe('FAILOVER_UNFENCED');
        expect(await statusOf(fleet())).toMatchObject({ health: 'down', term: { holder: replica, phase: 'claimed' } });
      });
      const { result: report, took } = await timed(() => failOver(fleet()));
      expect(report).toMatchObject({ to: replica, fence: { server: primary } });
      note('6 cut off', `failover behind "${report.fence?.kind ?? 'no fence'}"`, took);
      await writing.continues(SOME);
      await strike(fleet(), 'mend', primary);
      // The server that could isolate it did so, and lets it through again at a person's word.
      await untilStatus(fleet(), 'the old primary answers', (status) => memberIn(status, primary).role === 'closed');
      await rejoin(fleet(), primary);
      expect(await healthyRoles(fleet())).toEqual({ primary: replica, replica: primary });
      const { verdict } = await writing.judge();
      expect(verdict).toMatchObject({ lateAcks: [], duplicated: [], unsent: [], holes: [] });
      note('6 cut off', 'acknowledged, lost', `${verdict.acknowledged}, ${verdict.lost.length}`);
    });
  });

  test('row 6: a primary whose power cannot be cut is isolated, and comes back only when it lies still', async () => {
    const { primary, replica } = await healthyRoles(fleet());
    await whileWriting(fleet(), 'row-6-isolated', async (writing) => {
      const oldClient = await writing.addOldClient(primary);
      await writing.continues(SOME);
      await strike(fleet(), 'disconnect', primary);
      const report = await withoutPower(fleet(), () => failOver(fleet()));
      expect(report).toMatchObject({ to: replica, fence: { kind: 'isolated', server: primary } });
      await strike(fleet(), 'reconnect', primary);
      await writing.continues(SOME);
      const { divergence } = await rejoin(fleet(), primary);
      expect(await healthyRoles(fleet())).toEqual({ primary: replica, replica: primary });
      const { verdict, log } = await writing.judge();
      expect(verdict).toMatchObject({ lateAcks: [], duplicated: [], unsent: [], holes: [] });
      expect(log.some((event) => event.kind === 'ack' && event.lane === oldClient)).toBe(true);
      note('6 isolated', 'commits that only the old one had', String(divergence?.commits ?? 0));
    });
  });

  test('row 7: primary and replica that lose each other alone change nothing', async () => {
    const cost = await costOf('row-7', async ({ primary, replica }, writing) => {
      await strike(fleet(), 'cut', primary, replica);
      await untilStatus(fleet(), 'degraded', ({ health }) => health === 'degraded');
      await expectRefused(fleet(), 'FAILOVER_PRIMARY_HEALTHY', failoverWords(fleet()));
      await writing.continues(SOME);
    });
    expect(cost).toMatchObject(NOTHING);
  });

  test.each(['to', 'from'])('row 8: packets lost one way only, %s the replica, leave one primary', async (way) => {
    const cost = await costOf(`row-8-${way}`, async ({ primary, replica }, writing) => {
      await strike(fleet(), 'cut', way === 'to' ? `${primary}->${replica}` : `${replica}->${primary}`);
      await writing.continues(SOME);
      await expectRefused(fleet(), 'FAILOVER_PRIMARY_HEALTHY', failoverWords(fleet()));
      await writing.continues(SOME);
    });
    expect(cost).toMatchObject(NOTHING);
  });

  test('row 9: a primary that only this machine does not reach is not called dead', async () => {
    const cost = await costOf('row-9', async ({ primary }, writing) => {
      await strike(fleet(), 'cut-controller', primary);
      const { took } = await timed(() => expectRefused(fleet(), 'FAILOVER_SEEN_BY_OTHERS', failoverWords(fleet())));
      note('9 only we are cut off', 'status, refusal, status', took);
      await writing.continues(SOME);
    });
    expect(cost).toMatchObject(NOTHING);
  });

  test('row 13: a twentieth of all packets lost changes nothing', async () => {
    const cost = await costOf('row-13', async ({ primary, replica }, writing) => {
      for (const peer of [replica, 'edge']) await strike(fleet(), 'lossy', primary, peer, '5');
      await writing.continues(5 * SOME);
      expect(await statusOf(fleet())).toMatchObject({ primary, extraPrimaries: [] });
      await expectRefused(fleet(), 'FAILOVER_PRIMARY_HEALTHY', failoverWords(fleet()));
    });
    expect(cost).toMatchObject(NOTHING);
  });

  /** Runs a fault and mends it, and gives what it cost: whether anybody took over, and what the clients saw. */
  function costOf(
    scenario: string,
    work: (roles: Roles, writing: Writing) => Promise<void>,
  ): Promise<Partial<OracleVerdict> & { readonly isSame: boolean }> {
    return whileWriting(fleet(), scenario, async (writing) => {
      await writing.continues(SOME);
      const before = await whole(fleet());
      await work(before, writing);
      await strike(fleet(), 'mend', before.primary);
      const after = await whole(fleet());
      await writing.continues(SOME);
      const { verdict } = await writing.judge();
      note(scenario.replaceAll('-', ' '), 'longest write gap', seconds(verdict.longestGap?.durationMs ?? 0));
      return { ...verdict, isSame: isDeepStrictEqual(after, before) };
    });
  }

  test('row 33: a session with the demoted primary is cut', async () => {
    const { primary, replica } = await healthyRoles(fleet());
    const session = await openIdleSession(fleet());
    try {
      await switchOver(fleet(), replica);
      const doneAt = clock.now();
      expect(await session.endedAfter(doneAt)).toBeLessThan(CUT_WITHIN_MS);
    } finally {
      await session.close();
    }
    expect(await healthyRoles(fleet())).toEqual({ primary: replica, replica: primary });
  });

  test('row 33: a session with a primary that stands still is cut by the data endpoint', async () => {
    const before = await whole(fleet());
    const { primary } = before;
    const session = await openIdleSession(fleet());
    try {
      const frozenAt = clock.now();
      await strike(fleet(), 'pause', primary);
      note('33 frozen primary', 'until its session was cut', seconds(await session.endedAfter(frozenAt)));
    } finally {
      await strike(fleet(), 'unpause', primary);
      await session.close();
    }
    expect(await whole(fleet())).toEqual(before);
  });

  test('row 34: the loss of one edge leaves the other, with its way to the database', async () => {
    const before = await whole(fleet());
    await strike(fleet(), 'kill', 'edge');
    const second = fleet().sandbox.servers.find(({ name }) => name === 'db2');
    const { result, took } = await timed(() =>
      fetch(`http://${second?.address ?? ''}/`, { signal: AbortSignal.timeout(15_000) }),
    );
    expect(result.status).toBe(200);
    note('34 edge lost', 'page through the other edge', took);
    await strike(fleet(), 'boot', 'edge');
    expect(await whole(fleet())).toEqual(before);
  });
}
