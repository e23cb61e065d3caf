import type { Control } from '@flotilla/model';

import type { Assessment } from './assess.ts';
import { majorityOf } from './view.ts';
import type { ServiceView } from './view.ts';

/** One server that votes about the primary of a service whose engine decides by consensus. */
export type Voter = {
  readonly server: string;
  /** It answers, and is together with a majority of the others. */
  readonly votes: boolean;
  /** Why it does not vote; empty when it does. */
  readonly reason: string;
};

/** Who decides about the primary: without `needed` votes, a primary that is lost is not replaced. */
export type Electorate = {
  /** What votes, in the plural, for people. */
  readonly what: 'Sentinels' | 'etcd members' | 'group members';
  readonly voters: readonly Voter[];
  readonly needed: number;
  readonly hasQuorum: boolean;
};

/** Gives the electorate of these voters. */
export function electorateOf(control: Exclude<Control, 'guard'>, voters: readonly Voter[]): Electorate {
  const needed = majorityOf(voters.length);
  const hasQuorum = voters.filter(({ votes }) => votes).length >= needed;
  return { what: NAMES[control], voters, needed, hasQuorum };
}

const NAMES = { patroni: 'etcd members', sentinel: 'Sentinels', 'group-replication': 'group members' } as const;

/** Gives the members of a group as voters: one votes while it is in the group, by the word of its guard. */
export function groupVoters({ members, servers }: ServiceView): readonly Voter[] {
  return members.map((member) => {
    const guard = servers.find(({ server }) => server === member)?.guard;
    const { state, role } = guard?.engine ?? { state: 'unknown', role: 'none' };
    const votes = state === 'running' && role !== 'none';
    const why = guard === undefined ? 'its guard does not answer' : 'it is not in the group';
    return { server: member, votes, reason: votes ? '' : why };
  });
}

/** A service that serves with a voter missing is one loss away from standing still: it is degraded. */
export function withElectorate(
  assessment: Assessment,
  electorate: Electorate | undefined,
): Assessment & { readonly electorate?: Electorate } {
  if (electorate === undefined) return assessment;
  const isWhole = electorate.voters.every(({ votes }) => votes);
  const health = assessment.health === 'ok' && !isWhole ? 'degraded' : assessment.health;
  return { ...assessment, health, electorate };
}
