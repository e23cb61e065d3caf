import { driverOf } from './engines/open.ts';
import type { FailoverDecision } from './policy/failover.ts';
import { estimateLoss } from './policy/loss.ts';
import type { LossEstimate } from './policy/loss.ts';
import { formatLag } from './policy/position.ts';
import type { LossWindow } from './report.ts';
import { look } from './session.ts';
import type { Session } from './session.ts';

/** What would be lost, with the time of the last write that the new primary has applied. */
export type ForecastLoss = LossEstimate & { readonly lastApplied?: string };

/** Asks the target for its last applied write, and says what the failover would lose. */
export async function withLastApplied(
  session: Session,
  decision: FailoverDecision,
): Promise<FailoverDecision & { readonly loss: ForecastLoss }> {
  const { fleet, target } = session;
  const lastApplied = await driverOf(target).lastApplied(fleet.server(decision.to), target);
  const loss = { ...decision.loss, ...(lastApplied === undefined ? {} : { lastApplied }) };
  session.say('loss', describeLoss(decision, loss));
  return { ...decision, loss };
}

/** Gives in one sentence what a failover would lose. */
export function describeLoss({ from, to }: Pick<FailoverDecision, 'from' | 'to'>, loss: ForecastLoss): string {
  if (!loss.isPossible) return `nothing is lost: ${to} holds everything that ${from} acknowledged`;
  const since = loss.lastApplied === undefined ? '' : ` (the last write that ${to} applied is of ${loss.lastApplied})`;
  return `${whatIsKnown({ from, to }, loss)}; what ${from} acknowledged since then is lost${since}`;
}

function whatIsKnown({ from, to }: Pick<FailoverDecision, 'from' | 'to'>, { missing, lastSeen }: ForecastLoss): string {
  if (missing === undefined || lastSeen === undefined) return `nobody knows how much of ${from} had reached ${to}`;
  const then = `${(lastSeen.agoMs / 1_000).toFixed(1)} s ago, when ${from} was last seen,`;
  return missing.amount === 0n
    ? `${then} ${to} had received everything`
    : `${then} ${formatLag(missing)} had not reached ${to} and are lost`;
}

/** Gives the window that holds every lost write; `undefined` when nothing can be lost. Asked after the proof and before the promotion. */
export async function lossWindow(
  session: Session,
  { decision, provedMs }: { readonly decision: FailoverDecision; readonly provedMs: number },
): Promise<LossWindow | undefined> {
  const { fleet, target } = session;
  const { from, to } = decision;
  if (!decision.loss.isPossible) return undefined;
  const [since, { view }] = await Promise.all([driverOf(target).lastApplied(fleet.server(to), target), look(session)]);
  const { received, missing } = estimateLoss(view, { from, to, control: target.control });
  return {
    ...(since === undefined ? {} : { since }),
    until: new Date(provedMs).toISOString(),
    received,
    ...(missing === undefined ? {} : { missing }),
  };
}
