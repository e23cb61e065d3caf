import type { EnginePosition } from '../guard.ts';
import { countGtids, subtractGtids } from './gtid-set.ts';
import { received, sequences } from './holds.ts';

/**
 * Gives how much of `from` is not in `what`: transactions, or bytes of an `offset`; `undefined` when the two cannot be compared.
 * @example countMissing(primary, replica) // 12n
 */
export function countMissing(from: EnginePosition, what: EnginePosition): bigint | undefined {
  if (from.kind === 'gtid-set' && what.kind === 'gtid-set') {
    return countGtids(subtractGtids(received(from), received(what)));
  }
  if (from.kind === 'gtid-list' && what.kind === 'gtid-list') return missingSequences(received(from), received(what));
  if (from.kind === 'offset' && what.kind === 'offset') return missingBytes(from, what);
  return undefined;
}

/** An upper bound: a server may leave numbers of its domain out. */
function missingSequences(from: string, what: string): bigint {
  const have = sequences(what);
  const behind = [...sequences(from)].map(([origin, last]) => positive(last - (have.get(origin) ?? 0n)));
  return behind.reduce((sum, each) => sum + each, 0n);
}

type Offset = Extract<EnginePosition, { kind: 'offset' }>;

/** A history goes on counting where it left the one before. */
function missingBytes(from: Offset, what: Offset): bigint | undefined {
  if (from.id === what.id || from.formerId === what.id) return positive(BigInt(from.offset) - BigInt(what.offset));
  if (what.formerId === from.id) return positive(BigInt(from.offset) - BigInt(what.formerOffset ?? '0'));
  return undefined;
}

function positive(difference: bigint): bigint {
  return difference > 0n ? difference : 0n;
}
