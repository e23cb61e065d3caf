import { expect, test } from 'vitest';

import { seconds } from '../../e2e/support/figures.ts';
import type { TestFleet } from '../../e2e/support/fleet.ts';
import { whileWriting } from '../../e2e/support/oracle.ts';
import { inside } from '../../e2e/support/servers.ts';
import { timed } from './bench.ts';
import type { Bench } from './bench.ts';
import { whole } from './look.ts';

const SOME = 200;

/** What a new disk does not have. $1 environment. */
const EMPTY = 'docker ps -aq | xargs -r docker rm -fv && rm -rf "/var/lib/flotilla/$1" /run/flotilla';

/** Gives a server what a new machine with its name, its address and its keys has: nothing. First contact is made with it. */
export async function replaceMachine(fleet: TestFleet, server: string): Promise<void> {
  const { environment } = fleet.repository;
  await inside(fleet, server, EMPTY, environment);
  await fleet.expect(0, 'bootstrap', environment, '--sandbox');
}

/** The machine of a replica is replaced while clients write. */
export function replacedMachine({ fleet, note }: Bench): void {
  test('a machine that was replaced as a whole comes back by a deploy, with a copy of the data', async () => {
    await whileWriting(fleet(), 'replaced', async (writing) => {
      await writing.continues(SOME);
      const before = await whole(fleet());
      await replaceMachine(fleet(), before.replica);
      const { took } = await timed(async () => {
        await fleet().expect(0, 'deploy', fleet().repository.environment, '--sandbox');
        expect(await whole(fleet())).toEqual(before);
      });
      const { verdict } = await writing.judge();
      expect(verdict).toMatchObject({ lost: [], lateAcks: [], duplicated: [], unsent: [] });
      note('machine replaced', 'until whole again', took);
      note('machine replaced', 'longest write gap', seconds(verdict.longestGap?.durationMs ?? 0));
    });
  });
}
