import type { Assessment, MemberState } from './assess.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { serverView } from './view.ts';
import type { ServiceView } from './view.ts';

/** An unplanned change of primary that may go ahead, once the old primary is proved to be out. */
export type FailoverDecision = {
  readonly kind: 'go';
  /** Holder of the term until now: what must be fenced. */
  readonly from: string;
  readonly to: string;
  readonly term: number;
  /** Other members that hold more of the log than the target, which a person chose to pass over. */
  readonly passedOver: readonly string[];
};

/** Decides whether a failover may start, and to whom: the reachable replica that holds most of the log unless `to` is given. */
export function decideFailover(
  view: ServiceView,
  assessment: Assessment,
  options: { readonly to?: string },
): FailoverDecision | Refusal {
  const { service, environment, term, primary } = assessment;
  if (term === undefined) return refuse('FAILOVER_NEVER_DEPLOYED', { service, environment });
  if (primary !== undefined) return refuse('FAILOVER_PRIMARY_HEALTHY', { service, environment, server: primary });
  const from = oldPrimary(assessment) ?? term.holder;
  const witnesses = seenBy(view, from);
  if (witnesses.length > 0) return refuse('FAILOVER_SEEN_BY_OTHERS', { service, server: from, witnesses });
  const candidates = assessment.members.filter((member) => member.server !== from && isCandidate(member));
  const best = candidates.toSorted(byPosition)[0];
  if (!best) return refuse('FAILOVER_NO_CANDIDATE', { service, states: describe(assessment.members) });
  const { to } = options;
  const chosen = to === undefined ? best : candidates.find((member) => member.server === to);
  if (!chosen) {
    return refuse('FAILOVER_BAD_TARGET', { service, server: to ?? best.server, states: describe(assessment.members) });
  }
  const passedOver = candidates.filter((member) => byPosition(member, chosen) < 0).map(({ server }) => server);
  return { kind: 'go', from, to: chosen.server, term: assessment.nextTerm, passedOver };
}

/** The member that was primary last: the holder, unless it only claimed and never promoted. */
function oldPrimary(assessment: Assessment): string | undefined {
  const { term } = assessment;
  if (term?.phase === 'promoted') return term.holder;
  return assessment.members.find((member) => member.server !== term?.holder && member.role !== 'replica')?.server;
}

/**
 * Whether the next moments may change what the view shows of the primary: it is up or starting and may open by itself, or it is
 * silent to us while others have not lost it yet.
 */
export function isUndecided(view: ServiceView, members: readonly string[]): boolean {
  return members.some((member) => {
    const { reachable, container, guard } = serverView(view, member);
    if (!reachable) return seenBy(view, member).length > 0;
    const mayOpen = container === 'running' || container === 'ended';
    return mayOpen && guard?.record?.holder === member && guard.record.phase === 'promoted';
  });
}

/** Servers that still see the old primary's guard although we do not reach its server: then it is we who are cut off. */
function seenBy(view: ServiceView, from: string): readonly string[] {
  if (serverView(view, from).reachable) return [];
  return view.servers
    .filter(({ server, guard, unseenPeers }) => server !== from && guard !== undefined && !unseenPeers.includes(from))
    .map(({ server }) => server);
}

function isCandidate(member: MemberState): boolean {
  return member.role === 'replica' && member.engine?.lsn !== undefined;
}

function byPosition(left: MemberState, right: MemberState): number {
  const timeline = (right.engine?.timeline ?? 0) - (left.engine?.timeline ?? 0);
  if (timeline !== 0) return timeline;
  const difference = BigInt(right.engine?.lsn ?? '0') - BigInt(left.engine?.lsn ?? '0');
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

function describe(members: readonly MemberState[]): string {
  return members
    .map(({ server, role, reason }) => `${server} ${role}${reason === '' ? '' : ` (${reason})`}`)
    .join(', ');
}
