import { pollUntil } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { consensusOf, driverOf } from './engines/open.ts';
import { inSession } from './interrupted.ts';
import { withFailoverLock } from './lock.ts';
import type { Assessment } from './policy/assess.ts';
import { formatPosition, holdsEverything } from './policy/position.ts';
import { decideSwitchover } from './policy/switchover.ts';
import type { SwitchoverDecision } from './policy/switchover.ts';
import { reachableServers, serverView } from './policy/view.ts';
import { probeWriters } from './probe.ts';
import { recorded } from './record.ts';
import type { FailoverReport } from './report.ts';
import { look, lookAt, lookAtFirst, refused, timedReport } from './session.ts';
import type { FailoverTools, Session } from './session.ts';
import { checkSpace } from './target-space.ts';
import { claimTerm, promoteHolder } from './term.ts';

/** How long the old primary may take to lie still before the switchover is taken back. */
const STOP_TIMEOUT_MS = 20_000;

/**
 * Hands a healthy primary's role to `to` without losing a write: the old one lies still, the target is proved to hold everything, and only
 * then opens. When the proof fails, the old primary is opened again. Throws a refusal (nothing changed), FAILOVER_STOP_NOT_PROVED,
 * FAILOVER_PROMOTION_FAILED, FAILOVER_TWO_WRITERS or FAILOVER_INTERRUPTED.
 */
export async function switchover(tools: FailoverTools, to: string): Promise<FailoverReport> {
  return inSession(tools, 'switchover', (session) => switchOver(session, to));
}

async function switchOver(session: Session, to: string): Promise<FailoverReport> {
  const { assessment, view } = await lookAtFirst(session);
  const decision = decide(session, assessment, to);
  await checkSpace(session, to);
  const reign = decision.term === undefined ? '' : ` in term ${decision.term - 1}`;
  session.say('observe', `${decision.from} is primary${reign}, ${to} streams from it`);
  const reason = `switchover of ${session.target.service} to ${to}`;
  return withFailoverLock(session, { servers: reachableServers(view), reason }, async (lock) => {
    // Whoever held the lock until now may have changed what was seen.
    const { assessment: current, view: seen } = await look(session);
    const final = decide(session, current, to);
    await lock.confirm();
    return recorded(session, { kind: 'switchover', view: seen }, () => handOver(session, final));
  });
}

function decide({ target }: Session, assessment: Assessment, to: string): SwitchoverDecision {
  const decision = decideSwitchover(assessment, { to, control: target.control });
  if (decision.kind === 'refused') throw refused(decision);
  return decision;
}

async function handOver(session: Session, decision: SwitchoverDecision): Promise<FailoverReport> {
  const { from, to, term } = decision;
  const provedMs =
    term === undefined ? await byConsensus(session, decision) : await byTerm(session, { from, to, term });
  const openMs = session.clock.now();
  session.say('open', term === undefined ? `${to} is primary` : `${to} is primary in term ${term}`);
  const probe = await probeWriters(session, to);
  return { kind: 'switchover', ...timedReport(session, { from, to, term, provedMs, openMs }), probe };
}

async function byConsensus(session: Session, { from, to }: SwitchoverDecision): Promise<number> {
  const consensus = consensusOf(session.target);
  if (consensus === undefined) throw new Error('a guarded service is handed over in a term');
  const { provedMs, evidence } = await consensus.handOver(session, { from, to });
  session.say('hand-over', evidence);
  return provedMs;
}

type Terms = { readonly from: string; readonly to: string; readonly term: number };

async function byTerm(session: Session, change: Terms): Promise<number> {
  const { fleet, target, clock } = session;
  const { from, to, term } = change;
  await driverOf(target).prepareHandOver(fleet.server(from), target);
  await claimTerm(fleet, target, { term, holder: to, toBeFenced: [] });
  session.say('claim', `term ${term} is claimed for ${to}; ${from} closes`);
  const waiting = { intervalMs: 50, timeoutMs: STOP_TIMEOUT_MS, clock };
  const proof = await pollUntil(() => provesHandOver(session, change), waiting);
  if (proof === undefined) return takeBack(session, change);
  const provedMs = clock.now();
  session.say('hand-over', proof);
  await promoteHolder(session, { term, holder: to, acceptLoss: false });
  return provedMs;
}

/** A clean stop writes one last checkpoint record; who received past its start received everything before it. */
async function provesHandOver(session: Session, { from, to }: Terms): Promise<string | undefined> {
  const view = await lookAt(session, [from, to]);
  const old = serverView(view, from).guard?.engine;
  const next = serverView(view, to).guard?.engine;
  if (!old || !next || !holdsEverything(old, next)) return undefined;
  const end = old.state === 'stopped' ? 'stopped cleanly' : 'lies still';
  return `${from} ${end} at ${formatPosition(old)}, ${to} has received ${formatPosition(next)}`;
}

async function takeBack(session: Session, { from, to, term }: Terms): Promise<never> {
  const { fleet, target } = session;
  session.say('abort', `${to} is not proved to hold everything; ${from} opens again`);
  const claim = { term: term + 1, holder: from };
  await claimTerm(fleet, target, { ...claim, toBeFenced: [] });
  await promoteHolder(session, { ...claim, acceptLoss: false });
  throw new FlotillaError('FAILOVER_STOP_NOT_PROVED', {
    service: target.service,
    from,
    to,
    detail: `no end with everything received within ${STOP_TIMEOUT_MS / 1000} s`,
    outcome: `${from} is primary again in term ${claim.term}`,
  });
}
