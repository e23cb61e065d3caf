import { gtidsFrom, subtractGtids } from '@flotilla/model';
import type { EngineFacts } from '@flotilla/model';

/**
 * Gives the facts of a replica with the writes of its own that the primary lacks. Only its own are looked at: what others wrote may have
 * reached it since the primary was asked.
 */
export function withErrant(own: EngineFacts, primary: EngineFacts | undefined): EngineFacts {
  if (own.role !== 'replica' || own.position?.kind !== 'gtid-set' || own.position.origin === undefined) return own;
  if (primary?.position?.kind !== 'gtid-set') return own;
  const errant = subtractGtids(gtidsFrom(own.position.executed, own.position.origin), primary.position.executed);
  return errant === '' ? own : { ...own, errant };
}
