import type { Finding, ServiceOfKind } from '@flotilla/model';
import { finding, formatSize } from '@flotilla/model';

import type { SettingValue } from '../owner.ts';
import { amountOf } from '../postgres/setting-value.ts';
import { settingOf } from '../postgres/settings.ts';
import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

const MIB = 2 ** 20;

/** PostgreSQL's own; what the renderer derives instead is fitted to the memory already. */
const DEFAULTS = { work_mem: 4 * MIB, max_connections: 100 } as const;

/** The written tuning of a database fits the memory that it is promised. */
export const postgresMemory: EnvironmentRule = {
  name: 'postgres-memory',
  check: (input) =>
    servicesOf(input.environment).flatMap(([name, service]) =>
      service.kind === 'postgres' ? overcommitment(input, name, service) : [],
    ),
};

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
  const sessions = `${connections} connections × work_mem ${formatSize(each)}`;
  const parts =
    tuning['shared_buffers'] === undefined
      ? `${sessions}, beside the derived shared_buffers`
      : `shared_buffers ${formatSize(buffers)} + ${sessions}`;
  const sum = `${formatSize(buffers + connections * each)} (${parts})`;
  return [
    finding('VALIDATE_POSTGRES_MEMORY', { service, sum, memory: formatSize(memory) }, input.sources.valueAt(path)),
  ];
}

/** `undefined` when PostgreSQL would refuse the value. Settings that switch off with -1 or 0 count as nothing. */
function sizeOf(name: string, value: SettingValue): number | undefined {
  const setting = settingOf(name);
  const sizeBytes = setting === undefined ? undefined : amountOf(setting, value);
  return sizeBytes === undefined ? undefined : Math.max(0, sizeBytes);
}
