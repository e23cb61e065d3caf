import type { Control } from '@flotilla/model';

import type { Assessment } from './assess.ts';
import { candidatesOf, isKin, whyNobody } from './candidates.ts';
import { estimateLoss, lastSighting } from './loss.ts';
import type { LossEstimate } from './loss.ts';
import { byPosition, identities } from './position.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { serverView } from './view.ts';
import type { ServiceView } from './view.ts';

/** An unplanned change of primary that may go ahead, once the old primary is proved to be out. */
export type FailoverDecision = {
  readonly kind: 'go';
  /** Who was primary last. */
  readonly from: string;
  readonly to: string;
  /** The term that will be claimed; absent where an engine of consensus decides. */
  readonly term?: number;
  /** Members that hold more than the target, which a person chose to pass over. */
  readonly passedOver: readonly string[];
  /** What must be proved to be out: `from`, then every other member that may be open unseen. */
  readonly fence: readonly string[];
  readonly loss: LossEstimate;
};

type Question = { readonly to?: string; readonly control: Control };

/** Decides whether a failover may start, and to whom: the reachable replica that holds most unless `to` is given. */
export function decideFailover(
  view: ServiceView,
  assessment: Assessment,
  { to, control }: Question,
): FailoverDecision | Refusal {
  const { service, environment, term, primary } = assessment;
  const isGuarded = control === 'guard';
  if (isGuarded && term === undefined) return refuse('FAILOVER_NEVER_DEPLOYED', { service, environment });
  if (primary !== undefined) return refuse('FAILOVER_PRIMARY_HEALTHY', { service, environment, server: primary });
  const from = oldPrimary(view, assessment);
  const doubt = doubtDeath(view, from);
  if (doubt !== undefined) return doubt;
  const chosen = choose(view, assessment, { from, control, ...(to === undefined ? {} : { to }) });
  if (chosen.kind === 'refused') return chosen;
  const { target, passedOver } = chosen;
  return {
    kind: 'go',
    from,
    to: target,
    ...(isGuarded ? { term: assessment.nextTerm } : {}),
    passedOver,
    fence: isGuarded ? [from, ...silentMembers(assessment, [from, target])] : [from],
    loss: estimateLoss(view, { from, to: target, control }),
  };
}

type Choice = { readonly kind: 'chosen'; readonly target: string; readonly passedOver: readonly string[] };

function choose(
  view: ServiceView,
  { service, environment, members }: Assessment,
  { from, to, control }: Question & { readonly from: string },
): Choice | Refusal {
  const known = lastSighting(view, from)?.engine ?? serverView(view, from).guard?.engine;
  const succession = { from, control, known, members };
  const candidates = candidatesOf(succession);
  const named = candidates.find((member) => member.server === to);
  const kin = candidates.filter((member) => isKin(member, succession));
  const stranger = named ?? (candidates.length === 1 ? candidates[0] : undefined);
  if (stranger !== undefined && !kin.includes(stranger) && (named !== undefined || members.length === 2)) {
    const { server, engine } = stranger;
    return refuse('FAILOVER_OTHER_CLUSTER', { service, server, ...identities(engine, known) });
  }
  const best = kin.toSorted((left, right) => byPosition(left.engine, right.engine))[0];
  if (!best) return refuse('FAILOVER_NO_CANDIDATE', { service, environment, members: whyNobody(succession) });
  const chosen = to === undefined ? best : named;
  if (!chosen) {
    return refuse('FAILOVER_BAD_TARGET', { service, server: to ?? best.server, members: whyNobody(succession, to) });
  }
  const errant = chosen.engine?.errant;
  // Named by a person, it is taken with what it wrote itself.
  if (errant !== undefined && named === undefined)
    return refuse('FAILOVER_TARGET_ERRANT', { service, server: chosen.server, errant });
  const passedOver = kin.filter((member) => byPosition(member.engine, chosen.engine) < 0).map(({ server }) => server);
  return { kind: 'chosen', target: chosen.server, passedOver };
}

/**
 * The member that was primary last: the holder, unless it only claimed and never promoted; without terms, the one that the guards saw as
 * primary last. A replica is no more than a replica: then it is the member that is none.
 */
function oldPrimary(view: ServiceView, { term, members }: Assessment): string {
  if (term?.phase === 'promoted') return term.holder;
  const possible = members.filter(({ server, role }) => server !== term?.holder && role !== 'replica');
  const seen = possible
    .map(({ server }) => ({ server, sighting: lastSighting(view, server) }))
    .filter(({ sighting }) => sighting?.engine.role === 'primary')
    .toSorted((left, right) => (left.sighting?.agoMs ?? 0) - (right.sighting?.agoMs ?? 0));
  return seen[0]?.server ?? possible[0]?.server ?? term?.holder ?? view.members[0] ?? '';
}

/** Members, but for these, whose guard does not answer: nobody knows whether they are open. */
function silentMembers({ members }: Assessment, except: readonly string[]): readonly string[] {
  return members
    .filter(({ server, role }) => role === 'silent' && !except.includes(server))
    .map(({ server }) => server);
}

/**
 * Gives the members whose fence must be proved once the claim has its majority: the old primary, and every other that does not answer in
 * the new term.
 */
export function membersToFence(
  view: ServiceView,
  { from, to, term }: { readonly from: string; readonly to: string; readonly term: number | undefined },
): readonly string[] {
  if (term === undefined) return [from];
  const doubtful = view.members.filter((member) => {
    const record = serverView(view, member).guard?.record;
    return member !== from && member !== to && (record?.term !== term || record.holder !== to);
  });
  return [from, ...doubtful];
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
    if (guard?.verdict.kind === 'yielded') return mayOpen && guard.engine.role !== 'replica';
    return mayOpen && guard?.record?.holder === member && guard.record.phase === 'promoted';
  });
}

/** Two vantage points beside this machine must have lost the server that we do not reach; in a fleet of two there is only one. */
function doubtDeath(view: ServiceView, from: string): Refusal | undefined {
  if (serverView(view, from).reachable) return undefined;
  const { service } = view;
  const witnesses = seenBy(view, from);
  if (witnesses.length > 0) return refuse('FAILOVER_SEEN_BY_OTHERS', { service, server: from, witnesses });
  const lost = view.servers
    .filter(({ server, guard }) => server !== from && guard !== undefined)
    .map(({ server }) => server);
  const needed = Math.min(2, view.servers.length - 1);
  if (lost.length >= needed) return undefined;
  return refuse('FAILOVER_TOO_FEW_WITNESSES', { service, server: from, witnesses: lost, needed });
}

/** Servers that still see the old primary's guard although we do not reach its server: then it is we who are cut off. */
function seenBy(view: ServiceView, from: string): readonly string[] {
  if (serverView(view, from).reachable) return [];
  return view.servers
    .filter(({ server, guard, unseenPeers }) => server !== from && guard !== undefined && !unseenPeers.includes(from))
    .map(({ server }) => server);
}
