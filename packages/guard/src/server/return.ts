import type { Orders } from './orders.ts';
import type { Watch } from './watch.ts';

/** How often a superseded member is looked for; it must be found twice in a row. */
export const RETURN_INTERVAL_MS = 1_500;
/** A return that was refused, most likely for want of space, is tried again after so long, or by a person at any time. */
const REFUSED_RETURN_MS = 60_000;

type Superseded = Pick<Watch, 'verdict' | 'record'> & { readonly options: Pick<Watch['options'], 'log' | 'service'> };

/**
 * Gives the task that returns a superseded former primary, or a replica that holds what the new primary lacks, by itself; to be called
 * again and again. Nothing of its data is lost: a rejoin keeps them aside.
 */
export function returnOf(
  watch: Superseded,
  { orders, monotonic }: { readonly orders: Orders; readonly monotonic: () => number },
): () => Promise<void> {
  let seenInTerm = 0;
  let refusedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const { verdict, record } = watch;
    const term = record?.term ?? 0;
    const isSuperseded =
      (verdict.kind === 'closed' && verdict.isSuperseded === true) ||
      (verdict.kind === 'replica' && verdict.stranded === 'ahead');
    const isDue = isSuperseded && seenInTerm === term && monotonic() - refusedAt > REFUSED_RETURN_MS;
    seenInTerm = isSuperseded ? term : 0;
    if (!isDue) return;
    const reply = await orders('rejoin', { term });
    if (reply.kind === 'refused') refusedAt = monotonic();
    watch.options.log({ event: 'return', service: watch.options.service.service, term, reply: reply.kind });
  };
}
