import type { Control } from '@flotilla/model';

import type { Assessment, MemberState } from './assess.ts';
import { isStreaming } from './assess.ts';
import { formatLag, identities, isSameDatabase } from './position.ts';
import type { Lag } from './position.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** A planned change of primary that may go ahead. */
export type SwitchoverDecision = {
  readonly kind: 'go';
  readonly from: string;
  readonly to: string;
  /** The term that will be claimed; absent where an engine of consensus decides. */
  readonly term?: number;
};

/** Replication lag past which a planned switchover would hold writes for too long. */
const MOST_LAG: Readonly<Record<Lag['unit'], bigint>> = { bytes: 16n * 1024n * 1024n, transactions: 5_000n };

/** Decides whether `to` can take over from a healthy primary without losing anything. */
export function decideSwitchover(
  assessment: Assessment,
  { to, control }: { readonly to: string; readonly control: Control },
): SwitchoverDecision | Refusal {
  const { service, environment, primary, term, votes } = assessment;
  const target = assessment.members.find((member) => member.server === to);
  if (!target) {
    const members = assessment.members.map(({ server }) => server);
    return refuse('FAILOVER_NOT_A_MEMBER', { service, server: to, members });
  }
  const isGuarded = control === 'guard';
  if (primary === undefined || (isGuarded && term === undefined)) {
    return refuse('FAILOVER_NO_PRIMARY', { service, environment });
  }
  if (assessment.extraPrimaries.length > 0) {
    return refuse('FAILOVER_TWO_PRIMARIES', { service, servers: [primary, ...assessment.extraPrimaries] });
  }
  if (primary === to) return refuse('FAILOVER_ALREADY_PRIMARY', { service, server: to });
  if (votes.answered < votes.needed) return refuse('FAILOVER_NO_MAJORITY', { service, ...votes });
  const claim = isGuarded ? { term: assessment.nextTerm } : {};
  return checkTarget(assessment, target) ?? { kind: 'go', from: primary, to, ...claim };
}

function checkTarget(assessment: Assessment, target: MemberState): Refusal | undefined {
  const { service } = assessment;
  const { server, lag } = target;
  const primary = assessment.members.find((member) => member.server === assessment.primary);
  if (!isStreaming(target)) {
    return refuse('FAILOVER_TARGET_NOT_STREAMING', { service, server, detail: target.reason || target.role });
  }
  if (!isSameDatabase(primary?.engine, target.engine)) {
    return refuse('FAILOVER_OTHER_CLUSTER', { service, server, ...identities(target.engine, primary?.engine) });
  }
  const errant = target.engine?.errant;
  if (errant !== undefined) return refuse('FAILOVER_TARGET_ERRANT', { service, server, errant });
  if (lag === undefined || lag.amount > MOST_LAG[lag.unit]) {
    return refuse('FAILOVER_TARGET_LAGS', {
      service,
      server,
      lag: lag === undefined ? 'an unknown lag' : formatLag(lag),
    });
  }
  return undefined;
}
