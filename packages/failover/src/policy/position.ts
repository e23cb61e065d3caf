import { countGtids, countMissing, holds } from '@flotilla/model';
import type { EngineFacts, EnginePosition } from '@flotilla/model';

/** How much data one member has and another lacks. */
export type Lag = { readonly amount: bigint; readonly unit: 'bytes' | 'transactions' };

/** Gives an LSN as PostgreSQL writes it: `16/B374D848`. */
export function formatLsn(lsn: bigint): string {
  return `${(lsn >> 32n).toString(16).toUpperCase()}/${(lsn & 0xffffffffn).toString(16).toUpperCase()}`;
}

/** Whether the facts say where the data stand, so that they can be compared with another member's. */
export function hasPosition({ lsn, position }: EngineFacts): boolean {
  return lsn !== undefined || position !== undefined;
}

/**
 * Orders members by what they hold, most first: for `toSorted`. A later timeline comes before a later position; sets of transactions
 * are compared by inclusion, and by number where neither holds the other.
 */
export function byPosition(left: EngineFacts | undefined, right: EngineFacts | undefined): number {
  if (left?.position !== undefined && right?.position !== undefined) return bySets(left.position, right.position);
  const timeline = (right?.timeline ?? 0) - (left?.timeline ?? 0);
  if (timeline !== 0) return timeline;
  return sign(BigInt(right?.lsn ?? '0') - BigInt(left?.lsn ?? '0'));
}

function bySets(left: EnginePosition, right: EnginePosition): number {
  const leftHolds = holds(left, right) === true;
  const rightHolds = holds(right, left) === true;
  if (leftHolds || rightHolds) return leftHolds === rightHolds ? 0 : leftHolds ? -1 : 1;
  return sign(sizeOf(right) - sizeOf(left));
}

function sizeOf(position: EnginePosition): bigint {
  switch (position.kind) {
    case 'gtid-set':
      return countGtids(`${position.executed},${position.received ?? ''}`);
    case 'gtid-list':
      return countMissing(position, { kind: 'gtid-list', executed: '' }) ?? 0n;
    case 'offset':
      return BigInt(position.offset);
    default:
      throw new Error(`unreachable: ${String(position satisfies never)}`);
  }
}

function sign(difference: bigint): number {
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

/** Gives what `ahead` has and `behind` lacks; `undefined` when the two cannot be compared. Never less than nothing. */
export function lagBetween(ahead: EngineFacts | undefined, behind: EngineFacts | undefined): Lag | undefined {
  if (ahead?.position !== undefined && behind?.position !== undefined) {
    const amount = countMissing(ahead.position, behind.position);
    return amount === undefined
      ? undefined
      : { amount, unit: ahead.position.kind === 'offset' ? 'bytes' : 'transactions' };
  }
  if (ahead?.lsn === undefined || behind?.lsn === undefined) return undefined;
  const amount = BigInt(ahead.lsn) - BigInt(behind.lsn);
  return { amount: amount > 0n ? amount : 0n, unit: 'bytes' };
}

/** Gives a lag for people: `12 bytes`, `1 transaction`. */
export function formatLag({ amount, unit }: Lag): string {
  return `${amount} ${amount === 1n ? unit.slice(0, -1) : unit}`;
}

const LONGEST = 120;

/** Gives a position for people: `0/3000148 on timeline 2`, a short set of transactions as it is and a long one by its size. */
export function formatPosition(facts: EngineFacts | undefined): string {
  if (facts?.position !== undefined) return formatOther(facts.position);
  if (facts?.lsn === undefined) return 'unknown';
  const at = formatLsn(BigInt(facts.lsn));
  return facts.timeline === undefined ? at : `${at} on timeline ${facts.timeline}`;
}

function formatOther(position: EnginePosition): string {
  if (position.kind === 'offset') return `offset ${position.offset} of history ${position.id.slice(0, 8)}`;
  const parts = [position.executed, position.received ?? ''].map((part) => part.replaceAll(/\s/g, ''));
  const text = parts.filter((part) => part !== '').join(',');
  return text.length <= LONGEST ? text || 'nothing' : `${sizeOf(position)} transactions`;
}

/**
 * Whether `next` has received everything that `old` wrote, once `old` takes no write any more: it was stopped cleanly, or it runs and
 * refuses every client.
 */
export function holdsEverything(old: EngineFacts, next: EngineFacts): boolean {
  if (!isSameDatabase(old, next)) return false;
  if (old.position !== undefined && next.position !== undefined) {
    return isAtRest(old) && holds(next.position, old.position) === true;
  }
  if (old.state !== 'stopped' || old.cleanShutdown !== true) return false;
  if (old.timeline !== next.timeline || old.lsn === undefined || next.lsn === undefined) return false;
  return BigInt(next.lsn) >= BigInt(old.lsn);
}

function isAtRest({ state, role }: EngineFacts): boolean {
  return state === 'stopped' || (state === 'running' && role === 'none');
}

/** False only when both say whose data they hold, and they differ. */
export function isSameDatabase(left: EngineFacts | undefined, right: EngineFacts | undefined): boolean {
  const [one, other] = [left?.systemIdentifier, right?.systemIdentifier];
  return one === undefined || other === undefined || one === other;
}

/** Gives whose data a member holds and whose it should, as far as they are known, for a refusal. */
export function identities(
  found: EngineFacts | undefined,
  expected: EngineFacts | undefined,
): { readonly found?: string; readonly expected?: string } {
  return {
    ...(found?.systemIdentifier === undefined ? {} : { found: found.systemIdentifier }),
    ...(expected?.systemIdentifier === undefined ? {} : { expected: expected.systemIdentifier }),
  };
}
