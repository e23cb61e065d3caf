import { nextSteps } from '@flotilla/failover';
import type { Assessment, DataTierRecord, Electorate, IsolatedServer, KeptData, NextStep } from '@flotilla/failover';

/** A service as it stands, who votes about it, what was done to it last, what is kept of it, and what to do about it. */
export type ServiceStatus = Assessment & {
  /** Absent where a person decides with the guards. */
  readonly electorate?: Electorate;
  /** Members that other servers were told to cut off. */
  readonly isolated: readonly IsolatedServer[];
  readonly last?: DataTierRecord;
  readonly kept: readonly KeptData[];
  readonly next: readonly NextStep[];
};

type Beside = {
  readonly last: DataTierRecord | undefined;
  readonly kept: readonly KeptData[];
  /** Of the whole fleet. */
  readonly isolated: readonly IsolatedServer[];
};

/** Puts together what is known of a service. A member that is cut off by others leaves it degraded at best. */
export function describeService(
  assessment: Assessment & { readonly electorate?: Electorate },
  { last, kept, isolated }: Beside,
): ServiceStatus {
  const own = isolated.filter(({ server }) => assessment.members.some((member) => member.server === server));
  const health = assessment.health === 'ok' && own.length > 0 ? 'degraded' : assessment.health;
  const next = nextSteps(
    assessment,
    own.map(({ server }) => server),
  );
  return { ...assessment, health, isolated: own, ...(last === undefined ? {} : { last }), kept, next };
}
