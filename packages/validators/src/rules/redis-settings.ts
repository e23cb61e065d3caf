import { controlOf, finding, replicasToWrite } from '@flotilla/model';
import type { Finding, ServiceOfKind, SourceMap } from '@flotilla/model';

import { versionOf } from '../image-reference.ts';
import { shown } from '../owner.ts';
import type { WrittenSetting } from '../owner.ts';
import { lossOf, ownerOf } from '../redis/owned.ts';
import { refusalOf, sizeOf } from '../redis/setting-value.ts';
import { isKnown, REDIS } from '../redis/settings.ts';
import { refusedValue, unknownSetting } from '../setting-findings.ts';
import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

type Redis = ServiceOfKind<'redis'>;
type Place = { readonly service: string; readonly definition: Redis; readonly sources: SourceMap };

/** Every setting of a Redis is one that it knows and that is free to be set, fits its memory, and keeps what was acknowledged as far as Redis can. */
export const redisSettings: EnvironmentRule = {
  name: 'redis-settings',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      if (definition.kind !== 'redis') return [];
      const place = { service, definition, sources };
      return [...names(place), ...eviction(place), ...memory(place), ...split(place)];
    }),
};

function names(place: Place): readonly Finding[] {
  return Object.entries(place.definition.tuning).flatMap(([setting, value]) => checkName(place, { setting, value }));
}

function checkName({ service, definition, sources }: Place, written: WrittenSetting): readonly Finding[] {
  const { setting } = written;
  const path = ['services', service, 'tuning', setting];
  const owner = ownerOf(setting);
  if (owner !== undefined)
    return [finding('VALIDATE_SETTING_OWNED', { service, setting, ...owner }, sources.keyAt(path))];
  if (!isKnown(setting)) {
    const version = versionOf(definition.image, REDIS.tag);
    return [unknownSetting(REDIS, { setting, version, at: sources.keyAt(path) })];
  }
  return checkValue({ service, definition, sources }, written);
}

function checkValue({ service, definition, sources }: Place, written: WrittenSetting): readonly Finding[] {
  const { setting } = written;
  const at = sources.valueAt(['services', service, 'tuning', setting]);
  const value = shown(written.value);
  const refused = refusedValue(REDIS, { ...written, image: definition.image, refusal: refusalOf(written), at });
  if (refused.length > 0) return refused;
  const loss = lossOf(written);
  return loss === undefined ? [] : [finding('VALIDATE_SETTING_LOSSY', { service, setting, value, ...loss }, at)];
}

function eviction({ service, definition, sources }: Place): readonly Finding[] {
  const policy = String(definition.tuning['maxmemory-policy'] ?? '').toLowerCase();
  if (!policy.startsWith('allkeys-')) return [];
  const at = sources.valueAt(['services', service, 'tuning', 'maxmemory-policy']);
  return [finding('VALIDATE_REDIS_EVICTION', { service, policy }, at)];
}

const MOST_OF_MEMORY = 0.8;

/** Redis takes 0 for no bound at all. */
function memory({ service, definition, sources }: Place): readonly Finding[] {
  const maxmemory = definition.tuning['maxmemory'];
  if (maxmemory === undefined) return [];
  const bytes = sizeOf(maxmemory);
  // What is no size at all has its own finding.
  if (bytes === undefined || (bytes > 0 && bytes <= definition.memory * MOST_OF_MEMORY)) return [];
  const at = sources.valueAt(['services', service, 'tuning', 'maxmemory']);
  const given = `${Math.floor(definition.memory / 2 ** 20)}MiB`;
  return [finding('VALIDATE_REDIS_MEMORY', { service, maxmemory: String(maxmemory), memory: given }, at)];
}

function split({ service, definition, sources }: Place): readonly Finding[] {
  if (controlOf(definition) !== 'sentinel' || replicasToWrite(definition) > 0) return [];
  return [finding('VALIDATE_REDIS_SPLIT', { service }, sources.keyAt(['services', service]))];
}
