import type { EnginePosition } from '../guard.ts';
import { subtractGtids } from './gtid-set.ts';

/**
 * Tells whether `whole` holds everything that `part` holds, what a replica has received and not yet applied included; `undefined` when
 * the two cannot be compared.
 */
export function holds(whole: EnginePosition, part: EnginePosition): boolean | undefined {
  if (whole.kind === 'gtid-set' && part.kind === 'gtid-set') {
    return subtractGtids(received(part), received(whole)) === '';
  }
  if (whole.kind === 'gtid-list' && part.kind === 'gtid-list') return holdsList(received(whole), received(part));
  if (whole.kind === 'offset' && part.kind === 'offset') return holdsOffset(whole, part);
  return undefined;
}

/** Gives the transactions that were executed or received, as text. */
export function received({ executed, received: more }: Extract<EnginePosition, { executed: string }>): string {
  return more === undefined ? executed : `${executed},${more}`;
}

function holdsList(whole: string, part: string): boolean {
  const have = sequences(whole);
  return [...sequences(part)].every(([origin, last]) => (have.get(origin) ?? 0n) >= last);
}

/** Gives the last sequence number of each domain and server. */
export function sequences(text: string): ReadonlyMap<string, bigint> {
  const found = new Map<string, bigint>();
  for (const [, origin = '', sequence = '0'] of text.matchAll(/(\d+-\d+)-(\d+)/g)) {
    const last = BigInt(sequence);
    if (last > (found.get(origin) ?? 0n)) found.set(origin, last);
  }
  return found;
}

type Offset = Extract<EnginePosition, { kind: 'offset' }>;

function holdsOffset(whole: Offset, part: Offset): boolean | undefined {
  if (whole.id === part.id) return BigInt(whole.offset) >= BigInt(part.offset);
  if (whole.formerId === part.id) return BigInt(whole.formerOffset ?? '0') >= BigInt(part.offset);
  // `part` went on where `whole` stood still.
  return part.formerId === whole.id ? false : undefined;
}
