import type { WrittenSetting } from '../owner.ts';
import { expectedNumber, expectedWord, readTable, textOf } from '../setting-table.ts';
import type { Refusal, Setting } from '../setting-table.ts';
import { sizeOf } from './settings.ts';
import type { MysqlLike } from './settings.ts';
import { MARIADB_VALUES } from './values-mariadb.ts';
import { MYSQL_VALUES } from './values-mysql.ts';

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
export function refusalOf(kind: MysqlLike['kind'], written: WrittenSetting): Refusal | undefined {
  const setting = SETTINGS[kind].get(written.setting);
  const text = textOf(written.value, ['on', 'off']);
  switch (setting?.kind) {
    case 'bool':
      return BOOLEAN.test(text) ? undefined : NEITHER;
    case 'integer':
    case 'real':
      return numberRefusal(setting, text);
    case 'enum':
      return isWord(setting.words, text) ? undefined : unknownWord(setting.words, text);
    default:
      return undefined;
  }
}

function numberRefusal(setting: Extract<Setting, { kind: 'integer' | 'real' }>, text: string): Refusal | undefined {
  const { kind, min, max = Infinity } = setting;
  const amount = kind === 'integer' ? integerOf(text) : REAL.test(text) ? Number(text) : undefined;
  const noun = kind === 'integer' ? 'a whole number, or one with K, M or G,' : 'a number';
  const expected = expectedNumber(noun, setting);
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
  const expected = expectedWord(words, text);
  return { kind: 'bounds', why: 'is none of its words', effect: 'would refuse it', expected };
}
