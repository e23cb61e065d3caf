import { controlOf, finding, isDatabase } from '@flotilla/model';
import type { Finding, ServiceOfKind, SourceMap } from '@flotilla/model';

import { ownerOf } from '../redis/owned.ts';
import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

type Redis = ServiceOfKind<'redis'>;
type Place = { readonly service: string; readonly definition: Redis; readonly sources: SourceMap };

/** Every setting of a Redis is free to be set, fits its memory, and keeps what was acknowledged as far as Redis can. */
export const redisSettings: EnvironmentRule = {
  name: 'redis-settings',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      if (definition.kind !== 'redis') return [];
      const place = { service, definition, sources };
      return [...owned(place), ...eviction(place), ...memory(place), ...replicas(place)];
    }),
};

function owned({ service, definition, sources }: Place): readonly Finding[] {
  return Object.keys(definition.tuning).flatMap((setting) => {
    const owner = ownerOf(setting);
    if (owner === undefined) return [];
    const at = sources.keyAt(['services', service, 'tuning', setting]);
    return [finding('VALIDATE_SETTING_OWNED', { service, setting, ...owner }, at)];
  });
}

function eviction({ service, definition, sources }: Place): readonly Finding[] {
  const policy = String(definition.tuning['maxmemory-policy'] ?? '').toLowerCase();
  if (!policy.startsWith('allkeys-')) return [];
  const at = sources.valueAt(['services', service, 'tuning', 'maxmemory-policy']);
  return [finding('VALIDATE_REDIS_EVICTION', { service, policy }, at)];
}

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 2 ** 10,
  m: 1e6,
  mb: 2 ** 20,
  g: 1e9,
  gb: 2 ** 30,
};
const MOST_OF_MEMORY = 0.8;

/** Redis takes 0 for no bound at all. */
function memory({ service, definition, sources }: Place): readonly Finding[] {
  const maxmemory = definition.tuning['maxmemory'];
  if (maxmemory === undefined) return [];
  const match = /^(\d+)([a-z]*)$/.exec(String(maxmemory).toLowerCase());
  const bytes = Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? Number.NaN);
  if (bytes > 0 && bytes <= definition.memory * MOST_OF_MEMORY) return [];
  const at = sources.valueAt(['services', service, 'tuning', 'maxmemory']);
  const given = `${Math.floor(definition.memory / 2 ** 20)}MiB`;
  return [finding('VALIDATE_REDIS_MEMORY', { service, maxmemory: String(maxmemory), memory: given }, at)];
}

function replicas({ service, definition, sources }: Place): readonly Finding[] {
  const { minReplicasToWrite: needed, replicas: named } = definition;
  if (needed !== undefined && needed > 0 && needed >= named.length) {
    const at = sources.valueAt(['services', service, 'minReplicasToWrite']);
    return [finding('VALIDATE_REDIS_WRITE_OUTAGE', { service, needed, replicas: named.length }, at)];
  }
  const isAutomatic = isDatabase(definition) && controlOf(definition) === 'sentinel';
  const confirms = needed ?? (named.length > 1 ? 1 : 0);
  if (!isAutomatic || confirms > 0) return [];
  return [finding('VALIDATE_REDIS_SPLIT', { service }, sources.keyAt(['services', service]))];
}
