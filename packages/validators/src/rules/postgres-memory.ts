import type { Finding, ServiceOfKind } from '@flotilla/model';
import { finding, formatSize } from '@flotilla/model';

import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

const KIB = 2 ** 10;
/** Settings that are sizes, and the unit of a number without one: https://www.postgresql.org/docs/17/config-setting.html */
const SIZE_SETTINGS = {
  shared_buffers: 8 * KIB,
  wal_buffers: 8 * KIB,
  temp_buffers: 8 * KIB,
  effective_cache_size: 8 * KIB,
  work_mem: KIB,
  maintenance_work_mem: KIB,
  autovacuum_work_mem: KIB,
  logical_decoding_work_mem: KIB,
  min_wal_size: KIB * KIB,
  max_wal_size: KIB * KIB,
  max_slot_wal_keep_size: KIB * KIB,
  wal_keep_size: KIB * KIB,
} as const;
const UNITS: Readonly<Record<string, number>> = { B: 1, kB: KIB, MB: KIB ** 2, GB: KIB ** 3, TB: KIB ** 4 };

/** PostgreSQL's own; what the renderer derives instead is fitted to the memory already. */
const DEFAULTS = { work_mem: 4 * KIB ** 2, max_connections: 100 } as const;

/** The written tuning of a database is in PostgreSQL's units and fits the memory that it is promised. */
export const postgresMemory: EnvironmentRule = {
  name: 'postgres-memory',
  check: (input) =>
    servicesOf(input.environment).flatMap(([name, service]) =>
      service.kind === 'postgres' ? [...wrongUnits(input, name, service), ...overcommitment(input, name, service)] : [],
    ),
};

function wrongUnits(input: EnvironmentInput, name: string, { tuning }: ServiceOfKind<'postgres'>): readonly Finding[] {
  return Object.keys(SIZE_SETTINGS).flatMap((setting) => {
    const value = tuning[setting];
    if (value === undefined || sizeOf(setting, value) !== undefined) return [];
    const at = input.sources.valueAt(['services', name, 'tuning', setting]);
    return [finding('VALIDATE_TUNING_UNIT', { setting, value: String(value) }, at)];
  });
}

function overcommitment(
  input: EnvironmentInput,
  service: string,
  { tuning, memory }: ServiceOfKind<'postgres'>,
): readonly Finding[] {
  const buffers = sizeOf('shared_buffers', tuning['shared_buffers'] ?? 0) ?? 0;
  const each = sizeOf('work_mem', tuning['work_mem'] ?? '') ?? DEFAULTS.work_mem;
  const connections = Number(tuning['max_connections'] ?? DEFAULTS.max_connections);
  if (!(buffers + connections * each > memory)) return [];
  const written = (['shared_buffers', 'work_mem', 'max_connections'] as const).find((key) => tuning[key] !== undefined);
  const path = ['services', service, ...(written === undefined ? ['memory'] : ['tuning', written])];
  const sum = `${formatSize(buffers + connections * each)} (shared_buffers ${formatSize(buffers)} + ${connections} connections × work_mem ${formatSize(each)})`;
  return [
    finding('VALIDATE_POSTGRES_MEMORY', { service, sum, memory: formatSize(memory) }, input.sources.valueAt(path)),
  ];
}

/** `undefined` when PostgreSQL would refuse the value. Settings that switch off with -1 or 0 count as nothing. */
function sizeOf(setting: string, value: string | number | boolean): number | undefined {
  const match = /^\s*(-?\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(String(value));
  if (match === null || typeof value === 'boolean') return undefined;
  const [, amount = '', unit = ''] = match;
  const base = Object.entries(SIZE_SETTINGS).find(([name]) => name === setting)?.[1] ?? 1;
  const factor = unit === '' ? base : UNITS[unit];
  return factor === undefined ? undefined : Math.max(0, Number(amount)) * factor;
}
