import { expect, test } from 'vitest';

import { codeIn, failoverWords, healthyRoles, switchoverWords } from '../../e2e/support/data-tier.ts';
import { inside, locked } from '../../e2e/support/servers.ts';
import type { Bench } from '../support/bench.ts';
import {
  bootEngine,
  whole,
  expectRefused,
  expectWrongCall,
  inEngine,
  memberIn,
  onSmallDisk,
  strike,
  untilStatus,
} from '../support/look.ts';
import { foreignCluster } from './foreign-cluster.ts';
import { PARCELS, psql } from './psql.ts';

/** Makes more log than a switchover may still have to hand over. */
const MANY_ROWS = 150_000;
/** The guard's word on data of another cluster. */
const STRANGER = /not those of/;

/** Commands that must be refused by their code and leave everything as it was. */
export function refusals({ fleet }: Bench): void {
  const engineAt = (server: string) => `${fleet().data.service}@${server}`;

  /** A dead primary for the time of a refusal. */
  async function withoutPrimary(primary: string, work: () => Promise<void>): Promise<void> {
    await strike(fleet(), 'kill9', engineAt(primary), 'no-restart');
    await untilStatus(fleet(), 'down', ({ health }) => health === 'down');
    await work();
    await bootEngine(fleet(), primary);
  }

  test('a target that holds no data of the service', async () => {
    const before = await whole(fleet());
    await expectWrongCall(fleet(), 'FAILOVER_NOT_A_MEMBER', switchoverWords(fleet(), 'edge'));
    await expectWrongCall(fleet(), 'FAILOVER_NOT_A_MEMBER', failoverWords(fleet(), '--to', 'edge'));
    expect(await whole(fleet())).toEqual(before);
  });

  test('a target that lags', async () => {
    const before = await whole(fleet());
    const { primary, replica } = before;
    await inEngine(fleet(), replica, 'root', `pkill -STOP -f '[w]alreceiver'`);
    await psql(fleet(), primary, PARCELS.make, PARCELS.fill(1, MANY_ROWS));
    await expectRefused(fleet(), 'FAILOVER_TARGET_LAGS', switchoverWords(fleet(), replica));
    // A receiver that slept past the engine's patience is gone by now, and a new one runs.
    await inEngine(fleet(), replica, 'root', `pkill -CONT -f '[w]alreceiver' || true`);
    expect(await whole(fleet())).toEqual(before);
  });

  test('a target with the data of another cluster', async () => {
    const before = await whole(fleet());
    const { primary, replica } = before;
    await strike(fleet(), 'stop', engineAt(replica));
    const restore = await foreignCluster(fleet(), replica);
    try {
      await bootEngine(fleet(), replica);
      await untilStatus(fleet(), 'the stranger is known', (status) => STRANGER.test(memberIn(status, replica).reason));
      await expectRefused(fleet(), 'FAILOVER_TARGET_NOT_STREAMING', switchoverWords(fleet(), replica));
      await withoutPrimary(primary, async () => {
        await expectRefused(fleet(), 'FAILOVER_NO_CANDIDATE', failoverWords(fleet()));
      });
    } finally {
      await strike(fleet(), 'stop', engineAt(replica));
      await restore();
      await bootEngine(fleet(), replica);
    }
    expect(await whole(fleet())).toEqual(before);
  });

  test('a service without a replica in reach', async () => {
    const before = await whole(fleet());
    const { primary, replica } = before;
    await strike(fleet(), 'stop', engineAt(replica));
    await withoutPrimary(primary, async () => {
      await expectRefused(fleet(), 'FAILOVER_NO_CANDIDATE', failoverWords(fleet()));
    });
    await bootEngine(fleet(), replica);
    expect(await whole(fleet())).toEqual(before);
  });

  test('a target whose disk is full', async () => {
    const before = await whole(fleet());
    const { primary, replica } = before;
    await onSmallDisk(fleet(), replica, async () => {
      await whole(fleet());
      await strike(fleet(), 'fill', engineAt(replica));
      await expectRefused(fleet(), 'FAILOVER_TARGET_FULL', switchoverWords(fleet(), replica));
      await withoutPrimary(primary, async () => {
        await expectRefused(fleet(), 'FAILOVER_TARGET_FULL', failoverWords(fleet()));
      });
      await strike(fleet(), 'free', engineAt(replica));
    });
    expect(await whole(fleet())).toEqual(before);
  });

  test('a target with a wrong password', async () => {
    const before = await whole(fleet());
    const { replica } = before;
    const { repository, data } = fleet();
    const secret = `/var/lib/flotilla/${repository.environment}/secrets/${data.service}/${data.service}-replication`;
    await inside(fleet(), replica, 'cp -a "$1" "$1.right" && echo wrong >"$1"', secret);
    await strike(fleet(), 'kill9', engineAt(replica));
    await untilStatus(fleet(), 'degraded', ({ health }) => health === 'degraded');
    await expectRefused(fleet(), 'FAILOVER_TARGET_NOT_STREAMING', switchoverWords(fleet(), replica));
    await inside(fleet(), replica, 'cat "$1.right" >"$1" && rm "$1.right"', secret);
    await strike(fleet(), 'kill9', engineAt(replica));
    expect(await whole(fleet())).toEqual(before);
  });

  test('a tool that stood still until its lock had expired and another had done the work', async () => {
    const { primary, replica } = await healthyRoles(fleet());
    await strike(fleet(), 'kill9', engineAt(primary), 'no-restart');
    const words = [fleet().launcher, ...failoverWords(fleet())];
    const argv = ['bash', '-c', FREEZE_AT_LOCK, 'freezer', ...words] as const;
    const frozen = fleet().runner.run({ argv, cwd: fleet().repository.root, timeoutMs: 120_000 });
    await expect
      .poll(async () => (await locked(fleet())).length, { timeout: 30_000, interval: 200 })
      .toBeGreaterThan(0);
    // Its lock ends by itself.
    await expect.poll(() => tryFailover(), { timeout: 60_000, interval: 1_000 }).toBe('done');
    const { exitCode, stdout } = await frozen;
    expect(exitCode).toBe(1);
    expect(['FAILOVER_LOCK_LOST', 'FAILOVER_PRIMARY_HEALTHY']).toContain(codeIn(stdout));
    await bootEngine(fleet(), primary);
    expect(await healthyRoles(fleet())).toEqual({ primary: replica, replica: primary });
  });

  async function tryFailover(): Promise<string> {
    const { exitCode, stdout } = await fleet().repository.flotilla(...failoverWords(fleet()));
    return exitCode === 0 ? 'done' : codeIn(stdout);
  }
}

/** Longer than the lock lives without its holder, in seconds. */
const FROZEN_SECONDS = 40;

/** Runs `$@`, and stops it in its tracks for a while as soon as it says that it holds the lock. */
const FREEZE_AT_LOCK = `
said=$(mktemp -u) && mkfifo "$said" || exit 1
"$@" 2>"$said" & pid=$!
while read -r line; do
  case $line in *' lock '*) kill -STOP "$pid"; sleep ${FROZEN_SECONDS}; kill -CONT "$pid" ;; esac
done <"$said"
rm "$said"
wait "$pid"`;
