import { compareText, REDIS_KEYS_SHARE, replicasToWrite } from '@flotilla/model';
import type { ServiceOfKind } from '@flotilla/model';

/** A value of a setting as YAML or a derivation gives it. */
type SettingValue = string | number | boolean;

/** Lines of the two configuration files, each sorted by name. */
export type RedisSettings = {
  /** What CONFIG SET changes while it runs. The same names always stand here, because Redis cannot be told to forget one. */
  readonly reload: readonly string[];
  readonly restart: readonly string[];
};

const MIB = 2 ** 20;

/** A replica that was not heard for so long does not count for `min-replicas-to-write`: what a split primary may still accept. */
const MAX_LAG_S = 3;

/** Gives the settings of a Redis: derived from its memory, then what the environment says under `tuning`, which wins. */
export function tuneRedis(service: ServiceOfKind<'redis'>): RedisSettings {
  const derived = new Map<string, SettingValue>([
    ...memorySettings(service.memory),
    ...replicationSettings(service),
    ...FIXED_SETTINGS,
  ]);
  const written = Object.entries(service.tuning);
  const all = [...new Map([...derived, ...written])].sort(([left], [right]) => compareText(left, right));
  const lines = (wanted: boolean) =>
    all.filter(([name]) => derived.has(name) === wanted).map(([name, value]) => redisLine(name, value));
  return { reload: lines(true), restart: lines(false) };
}

/** A fork copies what is written while it runs, and what a replica has not taken yet waits in memory: hence two fifths of room. */
function memorySettings(memoryBytes: number): [string, SettingValue][] {
  const backlogBytes = Math.min(256 * MIB, Math.max(4 * MIB, memoryBytes / 32));
  const waitingBytes = Math.max(16 * MIB, memoryBytes / 8);
  return [
    ['maxmemory', formatMemory(memoryBytes * REDIS_KEYS_SHARE)],
    ['maxmemory-policy', 'noeviction'],
    ['repl-backlog-size', formatMemory(backlogBytes)],
    ['client-output-buffer-limit', `replica ${formatMemory(waitingBytes)} ${formatMemory(waitingBytes / 2)} 60`],
  ];
}

function replicationSettings(service: ServiceOfKind<'redis'>): [string, SettingValue][] {
  return [
    ['min-replicas-to-write', replicasToWrite(service)],
    ['min-replicas-max-lag', MAX_LAG_S],
    ['repl-diskless-sync', true],
    ['repl-diskless-sync-delay', 0],
    ['repl-ping-replica-period', 1],
    ['repl-timeout', 10],
  ];
}

/** The first are of our choice, the others Redis' own defaults: named, so that a change of theirs needs no restart. */
const FIXED_SETTINGS: readonly [string, SettingValue][] = [
  ['appendfsync', 'everysec'],
  ['save', '3600 1 300 100 60 10000'],
  ['tcp-keepalive', 60],
  ['activedefrag', false],
  ['auto-aof-rewrite-min-size', '64mb'],
  ['auto-aof-rewrite-percentage', 100],
  ['hz', 10],
  ['latency-monitor-threshold', 0],
  ['maxclients', 10_000],
  ['no-appendfsync-on-rewrite', false],
  ['notify-keyspace-events', ''],
  ['slowlog-log-slower-than', 10_000],
  ['slowlog-max-len', 128],
  ['timeout', 0],
];

/** Settings of several words, which a file holds without quotes. */
const SEVERAL_WORDS: ReadonlySet<string> = new Set([
  'client-output-buffer-limit',
  'latency-tracking-info-percentiles',
  'oom-score-adj-values',
  'save',
]);

/** Gives one line of a Redis configuration file. */
export function redisLine(name: string, value: SettingValue): string {
  if (typeof value === 'boolean') return `${name} ${value ? 'yes' : 'no'}`;
  const text = String(value);
  const isPlain = SEVERAL_WORDS.has(name) ? /^[\w.\- ]+$/.test(text) : /^[\w./:@%+-]+$/.test(text);
  return isPlain ? `${name} ${text}` : `${name} "${escape(text)}"`;
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Its mb is 2^20. */
function formatMemory(sizeBytes: number): string {
  return `${Math.max(1, Math.floor(sizeBytes / MIB))}mb`;
}
