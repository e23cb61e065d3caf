import { systemClock } from '@flotilla/exec';
import type { Assessment } from '@flotilla/failover';
import { beforeAll, expect, test } from 'vitest';

import { healthyRoles } from '../../e2e/support/data-tier.ts';
import { whileWriting } from '../../e2e/support/oracle.ts';
import type { Writing } from '../../e2e/support/oracle.ts';
import { timed } from '../support/bench.ts';
import type { Bench } from '../support/bench.ts';
import { bootEngine, whole, memberIn, strike, untilStatus } from '../support/look.ts';

const SOME = 200;
/** Longer than any pause that a busy machine explains. */
const STALL_MS = 5_000;

const clock = systemClock();

function stateOf(status: Assessment): string | undefined {
  const { primary } = status;
  return primary === undefined ? undefined : memberIn(status, primary).engine?.synchronous?.state;
}

/** What becomes of a commit whose standby does not answer. */
export function synchronousFaults({ fleet, note }: Bench): void {
  const engineAt = (server: string) => `${fleet().data.service}@${server}`;

  async function mode(from: string, to: string): Promise<void> {
    const { environment } = fleet().repository;
    await fleet().repository.edit(from, to);
    await fleet().expect(0, 'deploy', environment, '--sandbox');
    await untilStatus(fleet(), 'synced', (status) => stateOf(status) === 'synced');
  }

  beforeAll(() => mode('# synchronous: strict', 'synchronous: strict'));

  test.each([
    ['row 4: a strict primary whose standby is stopped', 'stop', 'boot'],
    ['row 5: a strict primary whose standby stands still', 'pause', 'unpause'],
  ])('%s acknowledges nothing and says so', async (scenario, away, back) => {
    await whileWriting(fleet(), scenario.slice(0, 'row N'.length), async (writing) => {
      await writing.continues(SOME);
      const before = await whole(fleet());
      await strike(fleet(), away, engineAt(before.replica));
      const { took } = await timed(() => untilStatus(fleet(), 'blocked', (status) => stateOf(status) === 'blocked'));
      note(`${scenario}, ${away}`, 'until the status said blocked', took);
      expect(await acknowledgedWithin(writing, STALL_MS)).toBe(false);
      await strike(fleet(), back, engineAt(before.replica));
      expect(await whole(fleet())).toEqual(before);
      await writing.continues(SOME);
      const { verdict } = await writing.judge();
      expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
    });
  });

  test('row 4: a primary that only prefers its standby goes on without it, and says so', async () => {
    await mode('synchronous: strict', 'synchronous: preferred');
    await whileWriting(fleet(), 'row 4 preferred', async (writing) => {
      await writing.continues(SOME);
      const before = await whole(fleet());
      const { primary, replica } = before;
      await strike(fleet(), 'stop', engineAt(replica));
      const { took } = await timed(() => untilStatus(fleet(), 'degraded', (status) => stateOf(status) === 'degraded'));
      note('row 4 preferred', 'until the status said degraded', took);
      await writing.continues(SOME);
      await bootEngine(fleet(), replica);
      await untilStatus(fleet(), 'synced', (status) => status.primary === primary && stateOf(status) === 'synced');
      expect(await whole(fleet())).toEqual(before);
      const { verdict } = await writing.judge();
      expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
    });
    await healthyRoles(fleet());
  });
}

/** Whether anything was acknowledged during a time that began a moment ago, when what was under way had ended. */
async function acknowledgedWithin(writing: Writing, durationMs: number): Promise<boolean> {
  const before = writing.acknowledged();
  await clock.sleep(durationMs);
  return writing.acknowledged() > before;
}
