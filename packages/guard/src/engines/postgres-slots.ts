import type { Query } from './postgres-connection.ts';

/** Gives the slot of one server: the name that the wrapper passes as `primary_slot_name`. */
export function slotName(server: string): string {
  return `flotilla_${server.replaceAll('-', '_').toLowerCase()}`;
}

/**
 * Makes the slots that are wanted and drops the others of ours. Slots on a node that nobody follows hold back its log until its disk is
 * full; one that was invalidated is made anew for the clone that must follow.
 */
export async function tendSlots(query: Query, wanted: readonly string[]): Promise<void> {
  const rows = await query<{ name: string; active: boolean; lost: boolean }>(
    `SELECT slot_name AS name, active, coalesce(wal_status = 'lost', false) AS lost
       FROM pg_replication_slots WHERE slot_type = 'physical' AND slot_name LIKE 'flotilla\\_%'`,
  );
  for (const { name, active, lost } of rows) {
    if (!active && (lost || !wanted.includes(name))) await query('SELECT pg_drop_replication_slot($1)', [name]);
  }
  const present = rows.filter(({ lost }) => !lost).map(({ name }) => name);
  for (const name of wanted.filter((one) => !present.includes(one))) {
    await query('SELECT pg_create_physical_replication_slot($1, true)', [name]);
  }
}
