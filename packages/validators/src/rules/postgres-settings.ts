import type { Finding, Position, ServiceOfKind } from '@flotilla/model';
import { finding } from '@flotilla/model';

import { tagOf } from '../image-reference.ts';
import { shown } from '../owner.ts';
import type { SettingValue } from '../owner.ts';
import { breachOf, lossOf, ownerOf } from '../postgres/owned.ts';
import { refusalOf } from '../postgres/setting-value.ts';
import { KNOWN_MAJOR, SETTABLE, settingOf } from '../postgres/settings.ts';
import type { Setting } from '../postgres/settings.ts';
import { unknownSetting } from '../setting-findings.ts';
import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

const POSTGRES = {
  name: 'PostgreSQL',
  known: String(KNOWN_MAJOR),
  names: SETTABLE,
  docs: (version: string) => `https://www.postgresql.org/docs/${version}/runtime-config.html`,
};

type Written = {
  readonly service: string;
  readonly definition: ServiceOfKind<'postgres'>;
  readonly setting: string;
  readonly value: SettingValue;
  /** Version that the image's tag names, when it names one. */
  readonly major: number;
  readonly key: Position;
  readonly at: Position;
};

/** Every setting under `tuning` is one that PostgreSQL knows and that is free to be set, and has a value that it takes. */
export const postgresSettings: EnvironmentRule = {
  name: 'postgres-settings',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      if (definition.kind !== 'postgres') return [];
      const major = majorOf(definition);
      return Object.entries(definition.tuning).flatMap(([setting, value]) => {
        const path = ['services', service, 'tuning', setting];
        return check({
          service,
          definition,
          setting,
          value,
          major,
          key: sources.keyAt(path),
          at: sources.valueAt(path),
        });
      });
    }),
};

function check(written: Written): readonly Finding[] {
  const { setting, service, key } = written;
  // What an extension takes, only the extension knows.
  if (setting.includes('.')) return [];
  const owner = ownerOf(setting);
  if (owner !== undefined) return [finding('VALIDATE_SETTING_OWNED', { service, setting, ...owner }, key)];
  const known = settingOf(setting);
  if (known === undefined) {
    return [unknownSetting(POSTGRES, { setting, version: String(written.major), at: key })];
  }
  if (known.kind === 'preset') return [finding('VALIDATE_SETTING_PRESET', { setting }, key)];
  const refused = wrongValue(written, known);
  return refused.length > 0 ? refused : costlyValue(written);
}

function costlyValue(written: Written): readonly Finding[] {
  const { service, definition, setting, at } = written;
  const value = shown(written.value);
  const breach = breachOf(written, definition);
  if (breach !== undefined) {
    return [finding('VALIDATE_SETTING_OWNED', { service, setting: `${setting}: ${value}`, ...breach }, at)];
  }
  const loss = lossOf(written);
  return loss === undefined ? [] : [finding('VALIDATE_SETTING_LOSSY', { service, setting, value, ...loss }, at)];
}

function wrongValue({ setting, value, major, at }: Written, known: Setting): readonly Finding[] {
  const refusal = refusalOf(known, value);
  if (refusal === undefined) return [];
  const { why, expected } = refusal;
  const facts = { setting, value: shown(value), why, effect: 'PostgreSQL would refuse it', expected };
  if (refusal.kind === 'unit') return [finding('VALIDATE_TUNING_UNIT', facts, at)];
  // Bounds and words change between versions; units do not.
  return major === KNOWN_MAJOR ? [finding('VALIDATE_SETTING_VALUE', facts, at)] : [];
}

/** A tag that names no version of PostgreSQL, such as that of an image of one's own, is taken for the known one. */
function majorOf({ image }: ServiceOfKind<'postgres'>): number {
  const match = /^v?([12]\d)(?:[.-]|$)/.exec(tagOf(image) ?? '');
  return match === null ? KNOWN_MAJOR : Number(match[1]);
}
