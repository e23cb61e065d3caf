import type { Finding, SourceMap } from '@flotilla/model';
import { finding } from '@flotilla/model';

import { versionOf } from '../image-reference.ts';
import { breachOf, lossOf, ownerOf, removedFrom } from '../mysql/owned.ts';
import { refusalOf } from '../mysql/setting-value.ts';
import { ENGINES, isKnown } from '../mysql/settings.ts';
import type { MysqlLike } from '../mysql/settings.ts';
import { shown } from '../owner.ts';
import type { WrittenSetting } from '../owner.ts';
import { refusedValue, unknownSetting } from '../setting-findings.ts';
import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

type Place = { readonly service: string; readonly definition: MysqlLike; readonly sources: SourceMap };

/** Every setting under `tuning` of a MySQL or MariaDB is one that it knows and that is free to be set, has a value that it takes, and keeps what is acknowledged. */
export const mysqlSettings: EnvironmentRule = {
  name: 'mysql-settings',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      if (definition.kind !== 'mysql' && definition.kind !== 'mariadb') return [];
      const place = { service, definition, sources };
      return Object.entries(definition.tuning).flatMap(([setting, value]) => check(place, { setting, value }));
    }),
};

function check({ service, definition, sources }: Place, written: WrittenSetting): readonly Finding[] {
  const { kind, image } = definition;
  const { setting } = written;
  const at = sources.keyAt(['services', service, 'tuning', setting]);
  const owner = ownerOf(setting);
  if (owner !== undefined) return [finding('VALIDATE_SETTING_OWNED', { service, setting, ...owner }, at)];
  const instead = removedFrom(kind, setting);
  if (instead !== undefined) return [finding('VALIDATE_SETTING_REMOVED', { service, setting, instead }, at)];
  if (!isKnown(kind, setting)) {
    const engine = ENGINES[kind];
    return [unknownSetting(engine, { setting, version: versionOf(image, engine.tag), at })];
  }
  return checkValue({ service, definition, sources }, written);
}

function checkValue({ service, definition, sources }: Place, written: WrittenSetting): readonly Finding[] {
  const { setting } = written;
  const at = sources.valueAt(['services', service, 'tuning', setting]);
  const value = shown(written.value);
  const breach = breachOf(written);
  if (breach !== undefined) {
    return [finding('VALIDATE_SETTING_OWNED', { service, setting: `${setting}: ${value}`, ...breach }, at)];
  }
  const { kind, image } = definition;
  const refused = refusedValue(ENGINES[kind], { ...written, image, refusal: refusalOf(kind, written), at });
  if (refused.length > 0) return refused;
  const loss = lossOf(written);
  return loss === undefined ? [] : [finding('VALIDATE_SETTING_LOSSY', { service, setting, value, ...loss }, at)];
}
