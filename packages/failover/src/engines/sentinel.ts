import { printable, remoteScript } from '@flotilla/exec';
import type { RemoteResult } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { engineContainer } from '../observe.ts';
import { serverView } from '../policy/view.ts';
import type { Divergence } from '../report.ts';
import { notReturned } from '../session.ts';
import type { Session } from '../session.ts';
import { untilFollows } from '../until-follows.ts';
import type { Change, ConsensusDriver, Return } from './driver.ts';
import { countKept } from './redis.ts';
import { HAND_OVER, REPLACE } from './sentinel-scripts.ts';

/** The Sentinel must see the priority, the replica catch up, and a majority agree. */
const CHANGE_TIMEOUT_MS = 45_000;
/** The exit code of a hand-over that changed nothing. */
const UNCHANGED = 3;

async function handOver(session: Session, { from, to }: Change) {
  const { service } = session.target;
  const result = await runOn(session, from, { script: HAND_OVER, to });
  const detail = lastLine(result);
  if (result.exitCode === UNCHANGED) {
    throw new FlotillaError('FAILOVER_STOP_NOT_PROVED', {
      service,
      from,
      to,
      detail,
      outcome: `${from} is primary as before`,
    });
  }
  const [ago, took] = result.stdout.trim().split(' ').map(Number);
  if (result.exitCode !== 0 || ago === undefined || took === undefined) {
    throw new FlotillaError('FAILOVER_PROMOTION_FAILED', { service, server: to, detail });
  }
  const evidence = `${from} held writes back for at most ${took * 10} ms, until ${to} had all of them, and follows it`;
  return { provedMs: session.clock.now() - ago * 10, evidence };
}

async function replace(session: Session, { to }: Change): Promise<void> {
  const result = await runOn(session, to, { script: REPLACE, to });
  if (result.exitCode === 0) return;
  const { service } = session.target;
  throw new FlotillaError('FAILOVER_PROMOTION_FAILED', { service, server: to, detail: lastLine(result) });
}

type Run = { readonly script: string; readonly to: string };

function runOn({ fleet, target }: Session, server: string, { script, to }: Run): Promise<RemoteResult> {
  return fleet.server(server).run({
    argv: ['docker', 'exec', engineContainer(target), ...remoteScript(script, [fleet.server(to).host])],
    timeoutMs: CHANGE_TIMEOUT_MS,
  });
}

function lastLine({ stderr, timedOut }: RemoteResult): string {
  return printable(stderr.trim().split('\n').at(-1) ?? '') || (timedOut ? 'no answer in time' : 'no reason was given');
}

/** Its wrapper asks the Sentinels, keeps aside what a former primary held, and starts it as a replica. */
async function rejoin(session: Session, member: Return): Promise<Divergence | undefined> {
  const { fleet, target } = session;
  const { server, primary } = member;
  const facts = serverView(await untilFollows(session, member), primary).guard?.engine;
  if (facts === undefined) {
    throw notReturned(session, server, `the guard of ${primary} does not say where its history begins`);
  }
  return countKept(fleet.server(server), target, { primary: facts });
}

/** Redis under three Sentinels: FAILOVER and their commands, steered so that they choose who was asked for. */
export const sentinelDriver: ConsensusDriver = { handOver, replace, rejoin };
