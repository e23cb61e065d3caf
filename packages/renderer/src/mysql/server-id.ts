import { createHash } from 'node:crypto';

/**
 * Gives the `server_id` of each member, by server name: above zero, different from every other member's, and the same for as long as
 * the members are. A number follows from the names alone, so that no deploy changes one.
 */
export function serverIds(
  environment: string,
  service: string,
  members: Iterable<string>,
): ReadonlyMap<string, number> {
  const taken = new Set<number>();
  const ids = [...members].sort().map((server) => {
    let id = numberOf(`${environment}/${service}/${server}`);
    while (taken.has(id)) id = next(id);
    taken.add(id);
    return [server, id] as const;
  });
  return new Map(ids);
}

/** From 1 to 2^32 - 1. */
function numberOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) || 1;
}

function next(id: number): number {
  return id === 0xff_ff_ff_ff ? 1 : id + 1;
}
