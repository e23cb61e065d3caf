import { suggest } from '@flotilla/model';

import type { SettingValue } from '../owner.ts';
import type { BaseUnit, Setting } from './settings.ts';

/** Why PostgreSQL would refuse a value, and what it takes instead. `unit`: a number whose unit of size it does not know. */
type Refusal = { readonly kind: 'unit' | 'value'; readonly why: string; readonly expected: string };

const KIB = 2 ** 10;
/** Both tables: https://www.postgresql.org/docs/17/config-setting.html; letters count as they are written. */
const SIZES: Readonly<Record<string, number>> = { B: 1, kB: KIB, MB: KIB ** 2, GB: KIB ** 3, TB: KIB ** 4 };
const TIMES: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1e3, min: 60e3, h: 3_600e3, d: 86_400e3 };
/** Bytes or milliseconds of one. */
const BASES: Readonly<Record<BaseUnit, number>> = {
  B: 1,
  kB: KIB,
  '8kB': 8 * KIB,
  MB: KIB ** 2,
  ms: 1,
  s: 1e3,
  min: 60e3,
};
/** Octal and hexadecimal numbers are whole; a file's permissions are written so. */
const NUMBER = /^\s*([+-]?(?:0x[0-9a-f]+|0[0-7]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?))\s*([a-z]*)\s*$/i;
const BOOLEAN = /^(?:t(?:r(?:ue?)?)?|f(?:a(?:l(?:se?)?)?)?|y(?:es?)?|no?|on|off?|1|0)$/i;
/** What every setting that knows `on` and `off` takes as well, without listing it. */
const ALIASES = /^(?:true|false|yes|no|1|0)$/i;

/** Tells why PostgreSQL would refuse a value of a setting; `undefined` when nothing here speaks against it. */
export function refusalOf(setting: Setting, value: SettingValue): Refusal | undefined {
  const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
  switch (setting.kind) {
    case 'bool':
      return BOOLEAN.test(text) ? undefined : { kind: 'value', why: 'is neither on nor off', expected: 'on or off' };
    case 'enum':
      return isWord(setting.words, text) ? undefined : unknownWord(setting.words, text);
    case 'integer':
    case 'real':
      return numberRefusal(setting, text);
    case 'string':
    case 'preset':
      return undefined;
    default:
      throw new Error(`unreachable: ${String(setting satisfies never)}`);
  }
}

/** Gives a value in bytes or milliseconds, or as it stands when the setting has no unit; `undefined` when it is no such number. */
export function amountOf(setting: Setting, value: SettingValue): number | undefined {
  if (setting.kind !== 'integer' && setting.kind !== 'real') return undefined;
  const match = NUMBER.exec(typeof value === 'boolean' ? '' : String(value));
  if (match === null) return undefined;
  const [, amount = '', unit = ''] = match;
  if (setting.unit === undefined) return unit === '' ? readNumber(amount) : undefined;
  const factor = unit === '' ? BASES[setting.unit] : unitsOf(setting.unit)[unit];
  return factor === undefined ? undefined : readNumber(amount) * factor;
}

type NumberSetting = Extract<Setting, { kind: 'integer' | 'real' }>;

function numberRefusal(setting: NumberSetting, text: string): Refusal | undefined {
  const amount = amountOf(setting, text);
  const expected = describe(setting);
  if (amount === undefined) {
    const isSize = setting.unit !== undefined && unitsOf(setting.unit) === SIZES;
    const isUnit = isSize && NUMBER.test(text);
    return { kind: isUnit ? 'unit' : 'value', why: 'is no number that it takes', expected };
  }
  const exact = amount / (setting.unit === undefined ? 1 : BASES[setting.unit]);
  const inBase = setting.kind === 'integer' ? Math.round(exact) : exact;
  if (inBase >= setting.min && inBase <= setting.max) return undefined;
  return { kind: 'value', why: 'is out of range', expected };
}

function describe({ kind, min, max, unit }: NumberSetting): string {
  const noun = kind === 'integer' ? 'a whole number' : 'a number';
  const range = `${noun} from ${min}${max > Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}`;
  if (unit === undefined) return range;
  return `${range} (in ${unit}), or such an amount with one of the units ${Object.keys(unitsOf(unit)).join(', ')}`;
}

function unitsOf(base: BaseUnit): Readonly<Record<string, number>> {
  return base === 'ms' || base === 's' || base === 'min' ? TIMES : SIZES;
}

function readNumber(text: string): number {
  const digits = text.replace(/^[+-]/, '');
  const size = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return text.startsWith('-') ? -size : size;
}

function isWord(words: readonly string[], text: string): boolean {
  const word = text.toLowerCase();
  if (words.some((known) => known.toLowerCase() === word)) return true;
  if (words.includes('on') && ALIASES.test(word)) return true;
  // Older names that are still taken: of levels, and of wal_level.
  if (word === 'debug') return words.includes('debug2');
  return (word === 'archive' || word === 'hot_standby') && words.includes('minimal');
}

function unknownWord(words: readonly string[], text: string): Refusal {
  const meant = suggest(text.trim().toLowerCase(), words);
  const expected = meant === undefined ? `one of ${words.filter((word) => word !== '').join(', ')}` : meant;
  return { kind: 'value', why: 'is none of its words', expected };
}
