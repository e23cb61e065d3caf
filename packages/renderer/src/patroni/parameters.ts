import type { SettingValue } from '../postgres/settings.ts';

/**
 * Settings that a replica may not have lower than its primary, so that Patroni takes them from etcd alone.
 * Source: https://patroni.readthedocs.io/en/latest/dynamic_configuration.html
 */
const SHARED: ReadonlySet<string> = new Set([
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_replication_slots',
  'max_wal_senders',
  'max_worker_processes',
  'track_commit_timestamp',
  'wal_keep_size',
  'wal_level',
  'wal_log_hints',
]);

/** Lowest values that Patroni takes; it would put its default in the place of a lower one. */
const LEAST: Readonly<Record<string, number>> = { max_connections: 25, max_locks_per_transaction: 32 };

/** Patroni passes it itself, and refuses to read it. */
const OWN = new Set(['hot_standby']);

export type SplitParameters = {
  readonly shared: Readonly<Record<string, SettingValue>>;
  readonly local: Readonly<Record<string, SettingValue>>;
};

/** Gives settings by where Patroni reads them: etcd, for all members alike, or the member's own file. Keeps their order. */
export function splitParameters(settings: readonly (readonly [string, SettingValue])[]): SplitParameters {
  const kept = settings.filter(([name]) => !OWN.has(name)).map(([name, value]) => [name, plain(name, value)] as const);
  return {
    shared: Object.fromEntries(kept.filter(([name]) => SHARED.has(name))),
    local: Object.fromEntries(kept.filter(([name]) => !SHARED.has(name))),
  };
}

/** Patroni writes what YAML gives it: a boolean would arrive as Python's. */
function plain(name: string, value: SettingValue): SettingValue {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  const least = LEAST[name];
  return least === undefined || Number(value) >= least ? value : least;
}
