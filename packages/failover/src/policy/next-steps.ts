import type { Assessment } from './assess.ts';
import type { Electorate } from './voters.ts';

/** What a person does next about a service that is not in full health. */
export type NextStep =
  /** It was never deployed. */
  | { readonly kind: 'deploy' }
  /** It has no primary; the failover command says who would take over, or why nobody may. */
  | { readonly kind: 'failover' }
  /** A member or voter that does not return by itself. */
  | { readonly kind: 'rejoin'; readonly server: string }
  /** Too few vote: no command decides anything before more of these servers answer. Sorted by name. */
  | { readonly kind: 'start-servers'; readonly servers: readonly string[] };

type Seen = Assessment & { readonly electorate?: Electorate };

/**
 * Gives what is worth doing, the more urgent first; empty in full health, while a member returns by itself, and where no server answered.
 * `isolated` are the members that other servers cut off.
 */
export function nextSteps(seen: Seen, isolated: readonly string[]): readonly NextStep[] {
  if (seen.isCutOff === true) return [];
  if (seen.primary === undefined) return [towardsPrimary(seen)];
  const members = seen.members
    .filter(({ server, needsRejoin }) => server !== seen.primary && (needsRejoin === true || isolated.includes(server)))
    .map(({ server }) => server);
  const servers = new Set([...members, ...lameVoters(seen)]);
  return [...servers].map((server) => ({ kind: 'rejoin', server }));
}

/** An etcd that is silent on a server that answers: a Sentinel and a member of a group return by themselves. */
function lameVoters({ electorate, votes }: Seen): readonly string[] {
  if (electorate?.what !== 'etcd members' || !electorate.hasQuorum) return [];
  const lame = electorate.voters.filter((voter) => !voter.votes).map(({ server }) => server);
  return lame.filter((server) => !votes.silent.includes(server));
}

function towardsPrimary({ term, votes, electorate }: Seen): NextStep {
  const isQuorate = electorate?.hasQuorum ?? votes.answered >= votes.needed;
  if (!isQuorate) {
    const voters = electorate?.voters.filter((voter) => !voter.votes).map(({ server }) => server);
    return { kind: 'start-servers', servers: (voters ?? votes.silent).toSorted() };
  }
  const isNew = electorate === undefined && term === undefined;
  return isNew ? { kind: 'deploy' } : { kind: 'failover' };
}
