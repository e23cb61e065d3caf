import { holds, subtractGtids } from '@flotilla/model';
import type { EngineFacts, EnginePosition } from '@flotilla/model';

/** True when both hold data, of two different databases. */
export function isAnotherDatabase(own: EngineFacts, other: EngineFacts): boolean {
  return (
    own.systemIdentifier !== undefined &&
    other.systemIdentifier !== undefined &&
    own.systemIdentifier !== other.systemIdentifier
  );
}

/**
 * The position of an engine that was shut down cleanly is where its last record begins, a checkpoint of about 120 bytes and the page
 * headers it may cross. A standby that received all of it stands behind it, and is not ahead.
 */
const SHUTDOWN_CHECKPOINT_BYTES = 256n;

/**
 * True when `other` holds data that `own` may lack: a higher timeline, or a later position on the same one.
 * A crashed engine learns its position by starting, and one that was shut down cleanly knows it up to its last record.
 */
export function isAhead(other: EngineFacts, own: EngineFacts): boolean {
  const theirs = positionWithoutErrant(other);
  if (theirs !== undefined && own.position !== undefined) return holds(own.position, theirs) === false;
  if (other.timeline === undefined || own.timeline === undefined) return false;
  if (other.timeline !== own.timeline) return other.timeline > own.timeline;
  if (other.lsn === undefined || own.lsn === undefined) return false;
  if (own.state === 'running') return BigInt(other.lsn) > BigInt(own.lsn);
  return own.cleanShutdown === true && BigInt(other.lsn) > BigInt(own.lsn) + SHUTDOWN_CHECKPOINT_BYTES;
}

/** What somebody wrote on a replica behind everybody's back was never the primary's, and must not keep it closed. */
function positionWithoutErrant({ position, errant }: EngineFacts): EnginePosition | undefined {
  if (errant === undefined || position?.kind !== 'gtid-set') return position;
  const { received } = position;
  return {
    ...position,
    executed: subtractGtids(position.executed, errant),
    ...(received === undefined ? {} : { received: subtractGtids(received, errant) }),
  };
}

/**
 * True when the data of a former primary are a clean beginning of the new primary's, so that it can follow without being rewound.
 * It must have been shut down cleanly, on the very timeline that the new primary left last, before the point where that one left it, and
 * both must have come to that timeline the same way. Timeline numbers are not unique: two nodes may each have made the same one.
 */
export function mayFollow(own: EngineFacts, primary: EngineFacts): boolean {
  if (own.position !== undefined && primary.position !== undefined) {
    return isAtRest(own) && holds(primary.position, own.position) === true;
  }
  if (own.state !== 'stopped' || own.cleanShutdown !== true || own.lsn === undefined) return false;
  if (own.history === undefined || primary.history === undefined || primary.role !== 'primary') return false;
  if (own.systemIdentifier === undefined || own.systemIdentifier !== primary.systemIdentifier) return false;
  const fork = primary.history.at(-1);
  if (fork === undefined || fork.timeline !== own.timeline) return false;
  const earlier = primary.history.slice(0, -1);
  const isSameWay =
    earlier.length === own.history.length &&
    earlier.every((step, index) => {
      const ours = own.history?.[index];
      return ours?.timeline === step.timeline && ours.lsn === step.lsn;
    });
  // The shutdown checkpoint begins at `lsn`: it is part of the new primary's data only when that one left later.
  return isSameWay && BigInt(own.lsn) < BigInt(fork.lsn);
}

/** True when the engine takes no write of a client, so that its data can be compared with another's, or set aside. */
export function isAtRest({ state, role }: EngineFacts): boolean {
  return state === 'stopped' || (state === 'running' && role === 'none');
}

/**
 * Tells why a replica can no longer follow the primary that it should: the primary has removed the log that it needs next (`behind`), or
 * left their common timeline before the point that it reached (`ahead`). `undefined` when it can, or when that cannot be told. Whether it
 * streams says nothing: each attempt looks like a stream until the primary refuses it.
 */
export function strandedFrom(own: EngineFacts, primary: EngineFacts): 'behind' | 'ahead' | undefined {
  if (own.state !== 'running' || own.role !== 'replica' || own.lsn === undefined) return undefined;
  if (primary.state !== 'running' || primary.role !== 'primary') return undefined;
  const fork = primary.history?.find(({ timeline }) => timeline === own.timeline);
  if (fork !== undefined && BigInt(own.lsn) > BigInt(fork.lsn)) return 'ahead';
  return primary.sendsFrom !== undefined && BigInt(own.lsn) < BigInt(primary.sendsFrom) ? 'behind' : undefined;
}

/** True when all that a member holds shows in its facts: what a crashed primary or a stopped replica holds, only a start would tell. */
export function isDataSeen(facts: EngineFacts): boolean {
  const hasPlace = facts.lsn !== undefined || facts.position !== undefined;
  if (facts.state === 'running') return hasPlace;
  return facts.state === 'stopped' && hasPlace && facts.role === 'primary' && facts.cleanShutdown === true;
}
