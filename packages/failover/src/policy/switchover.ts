import type { Assessment, MemberState } from './assess.ts';
import { isStreaming } from './assess.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** A planned change of primary that may go ahead. */
export type SwitchoverDecision = {
  readonly kind: 'go';
  readonly from: string;
  readonly to: string;
  /** The term that will be claimed. */
  readonly term: number;
};

/** Replication lag past which a planned switchover would hold writes for too long. */
const MOST_LAG_BYTES = 16n * 1024n * 1024n;

/** Decides whether `to` can take over from a healthy primary without losing anything. */
export function decideSwitchover(assessment: Assessment, to: string): SwitchoverDecision | Refusal {
  const { service, environment, primary, term } = assessment;
  const target = assessment.members.find((member) => member.server === to);
  if (!target) {
    return refuse('FAILOVER_NOT_A_MEMBER', {
      service,
      server: to,
      members: assessment.members.map(({ server }) => server),
    });
  }
  if (primary === undefined || term === undefined) return refuse('FAILOVER_NO_PRIMARY', { service, environment });
  if (assessment.extraPrimaries.length > 0) {
    return refuse('FAILOVER_TWO_PRIMARIES', { service, servers: [primary, ...assessment.extraPrimaries] });
  }
  if (primary === to) return refuse('FAILOVER_ALREADY_PRIMARY', { service, server: to });
  const { votes } = assessment;
  if (votes.answered < votes.needed) return refuse('FAILOVER_NO_MAJORITY', { service, ...votes });
  return checkTarget(assessment, target) ?? { kind: 'go', from: primary, to, term: assessment.nextTerm };
}

function checkTarget(assessment: Assessment, target: MemberState): Refusal | undefined {
  const { service } = assessment;
  const primary = assessment.members.find((member) => member.server === assessment.primary);
  if (!isStreaming(target)) {
    return refuse('FAILOVER_TARGET_NOT_STREAMING', {
      service,
      server: target.server,
      detail: target.reason || target.role,
    });
  }
  if (primary?.engine?.systemIdentifier !== target.engine?.systemIdentifier) {
    return refuse('FAILOVER_OTHER_CLUSTER', { service, server: target.server });
  }
  if (target.lagBytes === undefined || target.lagBytes > MOST_LAG_BYTES) {
    return refuse('FAILOVER_TARGET_LAGS', {
      service,
      server: target.server,
      lagBytes: String(target.lagBytes ?? 'unknown'),
    });
  }
  return undefined;
}
