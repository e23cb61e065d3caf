import { compareText } from '@flotilla/model';
import type { ServiceOfKind } from '@flotilla/model';

import { needsRestart } from './settings.ts';
import type { SettingValue } from './settings.ts';

/** What one member may use. */
export type Resources = { readonly memoryBytes: number; readonly cpus: number };

/** Settings with their values, by what applies them; each sorted by name. */
export type Tuning = {
  readonly restart: readonly (readonly [string, SettingValue])[];
  readonly reload: readonly (readonly [string, SettingValue])[];
};

const MIB = 2 ** 20;

/** Gives the settings of a database: derived from its resources, then what the environment says under `tuning`. */
export function tunePostgres(
  service: Pick<ServiceOfKind<'postgres'>, 'tuning' | 'walKeep'>,
  resources: Resources,
): Tuning {
  const written = new Map(Object.entries(service.tuning));
  const settings = new Map<string, SettingValue>([
    ...memorySettings(resources.memoryBytes, written.get('max_connections')),
    ...workerSettings(resources.cpus),
    ...replicationSettings(service.walKeep),
    ...FIXED_SETTINGS,
    ...written,
  ]);
  const sorted = [...settings].sort(([left], [right]) => compareText(left, right));
  return {
    restart: sorted.filter(([name]) => needsRestart(name)),
    reload: sorted.filter(([name]) => !needsRestart(name)),
  };
}

/** A quarter is cached by the engine, three quarters are expected in the page cache, half of the rest sorts. */
function memorySettings(memoryBytes: number, written: SettingValue | undefined): [string, SettingValue][] {
  const connections = Math.min(200, Math.max(20, Math.floor(memoryBytes / MIB / 32 / 10) * 10));
  const limit = Number(written ?? connections) || connections;
  const sharedBytes = memoryBytes / 4;
  return [
    ['max_connections', connections],
    ['shared_buffers', formatMemory(sharedBytes)],
    ['effective_cache_size', formatMemory(memoryBytes * 0.75)],
    ['maintenance_work_mem', formatMemory(Math.min(memoryBytes / 16, 2048 * MIB))],
    ['work_mem', formatMemory(Math.max((memoryBytes - sharedBytes) / 2 / limit, 4 * MIB))],
  ];
}

function workerSettings(cpus: number): [string, SettingValue][] {
  const whole = Math.max(1, Math.floor(cpus));
  return [
    ['max_worker_processes', Math.max(8, whole)],
    ['max_parallel_workers', whole],
    ['max_parallel_workers_per_gather', Math.max(1, Math.floor(whole / 2))],
    ['max_parallel_maintenance_workers', Math.max(1, Math.floor(whole / 2))],
  ];
}

function replicationSettings(walKeepBytes: number): [string, SettingValue][] {
  return [
    ['wal_level', 'replica'],
    ['hot_standby', true],
    ['wal_log_hints', true],
    ['max_wal_senders', 10],
    ['max_replication_slots', 10],
    ['max_slot_wal_keep_size', formatMemory(walKeepBytes)],
    ['wal_sender_timeout', '10s'],
    ['wal_receiver_timeout', '10s'],
    ['wal_receiver_status_interval', '1s'],
  ];
}

const FIXED_SETTINGS: readonly [string, SettingValue][] = [
  ['password_encryption', 'scram-sha-256'],
  ['tcp_keepalives_idle', 30],
  ['tcp_keepalives_interval', 10],
  ['tcp_keepalives_count', 3],
  ['logging_collector', false],
  ['log_destination', 'stderr'],
  ['log_line_prefix', '%m [%p] %q%u@%d '],
  ['log_timezone', 'UTC'],
  ['log_checkpoints', true],
  ['log_lock_waits', true],
  ['log_min_duration_statement', '1s'],
  ['log_temp_files', '10MB'],
];

/** Gives a size in whole units as PostgreSQL writes them; its GB is 2^30 bytes. */
function formatMemory(sizeBytes: number): string {
  const mebibytes = Math.max(1, Math.floor(sizeBytes / MIB));
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}GB` : `${mebibytes}MB`;
}
