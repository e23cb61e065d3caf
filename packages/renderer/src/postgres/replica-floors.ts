import type { Tuning } from './tuning.ts';

/** The engine's own values where nothing is set. See https://www.postgresql.org/docs/17/hot-standby.html#HOT-STANDBY-ADMIN */
const DEFAULTS = {
  max_connections: 100,
  max_locks_per_transaction: 64,
  max_prepared_transactions: 0,
  max_wal_senders: 10,
  max_worker_processes: 8,
} as const;

/** Gives the settings of which a standby refuses to run with less than its primary had. */
export function replicaFloors({ restart }: Tuning): Readonly<Record<string, number>> {
  const set = new Map(restart);
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, value]) => [name, Number(set.get(name) ?? value)]));
}
