import { pollUntil } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import type { EngineFacts } from '@flotilla/model';

import { driverOf } from './engines/open.ts';
import type { Assessment } from './policy/assess.ts';
import { decideSwitchover } from './policy/switchover.ts';
import type { SwitchoverDecision } from './policy/switchover.ts';
import { serverView } from './policy/view.ts';
import type { FailoverReport } from './report.ts';
import { withFailoverLock } from './lock.ts';
import { look, openSession, refused, timedReport } from './session.ts';
import type { FailoverTools, Session } from './session.ts';
import { claimTerm, promoteHolder } from './term.ts';

/** How long the old primary may take to stop before the switchover is taken back. */
const STOP_TIMEOUT_MS = 20_000;

/**
 * Hands a healthy primary's role to `to` without losing a write: claim, clean stop, proof that the target holds everything,
 * promotion. When the proof fails, the old primary is opened again. Throws a refusal (nothing changed),
 * FAILOVER_STOP_NOT_PROVED or FAILOVER_PROMOTION_FAILED.
 */
export async function switchover(tools: FailoverTools, to: string): Promise<FailoverReport> {
  const session = openSession(tools);
  const { assessment, view } = await look(session);
  const decision = decide(assessment, to);
  session.say('observe', `${decision.from} is primary in term ${decision.term - 1}, ${to} streams from it`);
  const servers = view.servers.filter((server) => server.reachable).map(({ server }) => server);
  const reason = `switchover of ${tools.target.service} to ${to}`;
  return withFailoverLock(session, { servers, reason }, async () => {
    // Whoever held the lock until now may have changed what was seen.
    const { assessment: current } = await look(session);
    return handOver(session, decide(current, to));
  });
}

function decide(assessment: Assessment, to: string): SwitchoverDecision {
  const decision = decideSwitchover(assessment, to);
  if (decision.kind === 'refused') throw refused(decision);
  return decision;
}

async function handOver(session: Session, decision: SwitchoverDecision): Promise<FailoverReport> {
  const { fleet, target, clock } = session;
  const { from, to, term } = decision;
  await driverOf(target).prepareHandOver(fleet.server(from), target);
  await claimTerm(fleet, target, { term, holder: to, toBeFenced: [] });
  session.say('claim', `term ${term} is claimed for ${to}; ${from} closes`);
  const proof = await pollUntil(() => provesHandOver(session, decision), {
    intervalMs: 50,
    timeoutMs: STOP_TIMEOUT_MS,
    clock,
  });
  if (proof === undefined) return takeBack(session, decision);
  const provedMs = clock.now();
  session.say('hand-over', proof);
  await promoteHolder(session, { term, holder: to, acceptLoss: false });
  session.say('open', `${to} is primary in term ${term}`);
  return { kind: 'switchover', ...timedReport(session, { from, to, term, provedMs }) };
}

/** A clean stop writes one last checkpoint record; who received past its start received everything before it. */
async function provesHandOver(session: Session, { from, to }: SwitchoverDecision): Promise<string | undefined> {
  const { view } = await look(session);
  const old = serverView(view, from).guard?.engine;
  const next = serverView(view, to).guard?.engine;
  if (!old || !next || !holdsEverything(old, next)) return undefined;
  return `${from} stopped cleanly at ${old.lsn}, ${to} has received ${next.lsn}`;
}

/** Whether `next` has received everything that the cleanly stopped `old` wrote. */
export function holdsEverything(old: EngineFacts, next: EngineFacts): boolean {
  if (old.state !== 'stopped' || old.cleanShutdown !== true) return false;
  if (old.timeline !== next.timeline || old.lsn === undefined || next.lsn === undefined) return false;
  return BigInt(next.lsn) >= BigInt(old.lsn);
}

async function takeBack(session: Session, { from, to, term }: SwitchoverDecision): Promise<never> {
  const { fleet, target } = session;
  session.say('abort', `${to} is not proved to hold everything; ${from} opens again`);
  const claim = { term: term + 1, holder: from };
  await claimTerm(fleet, target, { ...claim, toBeFenced: [] });
  await promoteHolder(session, { ...claim, acceptLoss: false });
  throw new FlotillaError('FAILOVER_STOP_NOT_PROVED', {
    service: target.service,
    from,
    to,
    detail: `no clean stop with everything received within ${STOP_TIMEOUT_MS / 1000} s`,
    outcome: `${from} is primary again in term ${claim.term}`,
  });
}
