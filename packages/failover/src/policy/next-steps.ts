import type { Assessment } from './assess.ts';
import type { Electorate } from './voters.ts';

/** What a person does next about a service that is not in full health. */
export type NextStep =
  /** It was never deployed. */
  | { readonly kind: 'deploy' }
  /** It has no primary; the failover command says who would take over, or why nobody may. */
  | { readonly kind: 'failover' }
  /** A member that does not return by itself. */
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
  return seen.members
    .filter(({ server, needsRejoin }) => server !== seen.primary && (needsRejoin === true || isolated.includes(server)))
    .map(({ server }) => ({ kind: 'rejoin', server }));
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
