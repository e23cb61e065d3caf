import { holds } from '@flotilla/model';
import type { EngineFacts, EnginePosition } from '@flotilla/model';

/** What a member that is in no group does next. `begin`: makes the group anew, alone. `set-aside`: keeps its data apart and copies those of the group. */
export type GroupStep = 'wait' | 'join' | 'begin' | 'set-aside';

/** What a member that is in no group knows. */
export type GroupSight = {
  readonly self: string;
  /** Everybody who holds the data, in one order on all of them. */
  readonly members: readonly string[];
  readonly own: EnginePosition;
  /** It may make the group without seeing the others: it made these data, or a person said so. */
  readonly mayBeAlone: boolean;
  /** It asked to join and was not taken since it began to rest. */
  readonly wasRefused: boolean;
  /** What the other members' guards say at this moment; a silent one is absent. */
  readonly peers: Readonly<Record<string, EngineFacts>>;
};

/**
 * Decides how a member at rest comes back. Where there is a group it joins; what only it holds goes aside once the group has refused it.
 * Where there is none, every member must be seen at rest before the one that holds most makes the group: nobody can be left out then. At
 * rest no position changes, so that all of them name the same one.
 */
export function decideGroupStep(sight: GroupSight): GroupStep {
  const { self, members, own, mayBeAlone, wasRefused, peers } = sight;
  const others = members.filter((member) => member !== self);
  const known = others.flatMap((member) => peers[member] ?? []);
  const primary = known.find(({ state, role }) => state === 'running' && role === 'primary');
  if (primary?.position !== undefined) {
    return wasRefused && holds(primary.position, own) === false ? 'set-aside' : 'join';
  }
  const running = known.filter(({ state }) => state === 'running');
  if (!running.every((peer) => isAtRestWithin(peer, own))) return 'wait';
  if (mayBeAlone) return 'begin';
  if (running.length < others.length) return 'wait';
  const equals = others.filter((member) => {
    const theirs = peers[member]?.position;
    return theirs !== undefined && holds(theirs, own) === true;
  });
  return members.find((member) => member === self || equals.includes(member)) === self ? 'begin' : 'wait';
}

function isAtRestWithin({ role, position }: EngineFacts, own: EnginePosition): boolean {
  return role === 'none' && position !== undefined && holds(own, position) === true;
}
