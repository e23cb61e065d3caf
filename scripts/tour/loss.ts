import { join } from 'node:path';

import { judgeRun, openEndpointTunnel, startOracle } from '@flotilla/sandbox';
import type { Oracle } from '@flotilla/sandbox';

import { announce, clock, figure, runner, say } from './stage.ts';
import type { Stage } from './stage.ts';

const SERVICE = 'database';
const DATABASE = 'warehousedb';

/** Stops the primary's server hard while a client writes, fails over, and prints what that cost. */
export async function loseThePrimary(stage: Stage): Promise<void> {
  const { perform, repository } = stage;
  const { environment, root } = repository;
  announce('The primary’s server dies while a client writes');
  const tunnel = await openEndpointTunnel(
    { sandbox: await stage.sandbox(), runner, clock, through: 'app1' },
    { service: SERVICE },
  );
  try {
    const target = await repository.database(tunnel, SERVICE, DATABASE);
    const oracle = await startOracle({ target, logFile: join(root, '.flotilla', 'oracle.jsonl'), clock });
    await moreWrites(oracle, 400);
    await perform('fault', environment, 'kill', 'db1');
    const said = await perform('failover', environment, SERVICE, '--yes', SERVICE, '--accept-loss', '--sandbox');
    say(said);
    await moreWrites(oracle, 400);
    const log = await oracle.stop();
    const { verdict } = await judgeRun(target, log);
    say('\n  measured by the client outside the fleet:');
    figure('acknowledged writes', String(verdict.acknowledged), '');
    figure(
      'longest write gap',
      `${((verdict.longestGap?.durationMs ?? 0) / 1000).toFixed(2)} s`,
      'death, decision and failover',
    );
    figure('acknowledged writes that were lost', String(verdict.lost.length), 'replication is asynchronous');
    figure('commits by the old primary after the new one', String(verdict.lateAcks.length), 'aim 0');
    if (verdict.lateAcks.length > 0) throw new Error('the old primary acknowledged commits after the new one had');
  } finally {
    await tunnel.close();
  }
  announce('The old server comes back, and must not be primary again');
  await perform('fault', environment, 'boot', 'db1');
  say(await perform('rejoin', environment, SERVICE, 'db1', '--sandbox'));
  say(await perform('status', environment, '--sandbox'));
}

async function moreWrites(oracle: Oracle, count: number): Promise<void> {
  const wanted = oracle.acknowledged() + count;
  const deadline = clock.now() + 60_000;
  while (oracle.acknowledged() < wanted) {
    if (clock.now() > deadline) throw new Error(`no ${count} writes within a minute`);
    await clock.sleep(50);
  }
}
