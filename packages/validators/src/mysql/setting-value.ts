import { suggest } from '@flotilla/model';

import type { SettingValue } from '../owner.ts';
import { sizeOf } from './settings.ts';
import type { MysqlLike } from './settings.ts';
import { MARIADB_VALUES } from './values-mariadb.ts';
import { MYSQL_VALUES } from './values-mysql.ts';

/** What a setting takes. `max` is absent where nothing that a person writes is too much. */
type Setting =
  | { readonly kind: 'bool' }
  | { readonly kind: 'integer' | 'real'; readonly min: number; readonly max?: number }
  | { readonly kind: 'enum'; readonly words: readonly string[] };

/**
 * Why a value is not what somebody means by it, and what to write. `form`: no version of the engine reads it so. `bounds`: the version whose
 * settings are known here does not go so far, or has no such word.
 */
export type Refusal = {
  readonly kind: 'form' | 'bounds';
  readonly why: string;
  /** What the engine does with such a value, behind its name. */
  readonly effect: string;
  readonly expected: string;
};

const SETTINGS: Readonly<Record<MysqlLike['kind'], ReadonlyMap<string, Setting>>> = {
  mysql: readTable(MYSQL_VALUES),
  mariadb: readTable(MARIADB_VALUES),
};

const BOOLEAN = /^(?:on|off|true|false|1|0)$/i;
const NEITHER: Refusal = {
  kind: 'form',
  why: 'is neither on nor off',
  effect: 'would take it for off',
  expected: 'on or off',
};
const REAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Tells what speaks against a value; `undefined` when nothing that is known here. The engines refuse some wrong values and take another one for
 * the rest: `yes` for off, `1e9` for 1 EiB, 200000 connections for 100000.
 */
export function refusalOf(kind: MysqlLike['kind'], name: string, value: SettingValue): Refusal | undefined {
  const setting = SETTINGS[kind].get(name);
  const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
  switch (setting?.kind) {
    case undefined:
      return undefined;
    case 'bool':
      return BOOLEAN.test(text) ? undefined : NEITHER;
    case 'integer':
    case 'real':
      return numberRefusal(setting, text);
    case 'enum':
      return isWord(setting.words, text) ? undefined : unknownWord(setting.words, text);
    default:
      throw new Error(`unreachable: ${String(setting satisfies never)}`);
  }
}

function numberRefusal(setting: Extract<Setting, { kind: 'integer' | 'real' }>, text: string): Refusal | undefined {
  const { kind, min, max = Infinity } = setting;
  const amount = kind === 'integer' ? integerOf(text) : REAL.test(text) ? Number(text) : undefined;
  const noun = kind === 'integer' ? 'a whole number, or one with K, M or G,' : 'a number';
  const expected = `${noun} from ${min}${max === Infinity ? '' : ` to ${max}`}`;
  if (amount === undefined) {
    return { kind: 'form', why: 'is no number that it takes', effect: 'would refuse or misread it', expected };
  }
  if (amount >= min && amount <= max) return undefined;
  return { kind: 'bounds', why: 'is out of range', effect: 'would take the nearest value', expected };
}

function integerOf(text: string): number | undefined {
  const size = sizeOf(text.replace(/^[+-]/, ''));
  return size !== undefined && text.startsWith('-') ? -size : size;
}

/** The engines take the number of a word for it, and a beginning that no other word has. */
function isWord(words: readonly string[], text: string): boolean {
  const word = text.toLowerCase();
  if (/^\d+$/.test(word)) return Number(word) < words.length;
  const found = words.map((known) => known.toLowerCase()).filter((known) => known.startsWith(word));
  return found.length === 1 || found.includes(word);
}

function unknownWord(words: readonly string[], text: string): Refusal {
  const meant = suggest(
    text.toLowerCase(),
    words.map((word) => word.toLowerCase()),
  );
  const expected = meant ?? `one of ${words.join(', ')}`;
  return { kind: 'bounds', why: 'is none of its words', effect: 'would refuse it', expected };
}

function readTable(table: Readonly<Record<Setting['kind'], string>>): ReadonlyMap<string, Setting> {
  const kinds = ['bool', 'integer', 'real', 'enum'] as const;
  return new Map(
    kinds.flatMap((kind) =>
      table[kind]
        .split(/\s+/)
        .filter((text) => text !== '')
        .map((text) => readSetting(kind, text)),
    ),
  );
}

function readSetting(kind: Setting['kind'], text: string): readonly [string, Setting] {
  const [name = '', first = '', max] = text.split(':');
  if (kind === 'bool') return [name, { kind }];
  if (kind === 'enum') return [name, { kind, words: first.split(',') }];
  return [name, { kind, min: Number(first), ...(max === undefined ? {} : { max: Number(max) }) }];
}
