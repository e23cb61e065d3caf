import type { SettingValue, WrittenSetting } from '../owner.ts';
import { expectedNumber, expectedWord, readTable, textOf } from '../setting-table.ts';
import type { Refusal } from '../setting-table.ts';
import { REDIS_VALUES } from './values.ts';

const SETTINGS = readTable(REDIS_VALUES);

/** Bytes of each unit; without one, bytes. */
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
const EFFECT = 'would refuse it';

/** Tells why Redis would refuse a value of a setting; `undefined` when nothing that is known here. */
export function refusalOf(written: WrittenSetting): Refusal | undefined {
  const setting = SETTINGS.get(written.setting);
  const text = textOf(written.value, ['yes', 'no']);
  switch (setting?.kind) {
    case 'bool':
      if (/^(?:yes|no)$/i.test(text)) return undefined;
      return { kind: 'form', why: 'is neither yes nor no', effect: EFFECT, expected: 'yes or no' };
    case 'size':
      if (sizeOf(text) !== undefined) return undefined;
      return { kind: 'form', why: 'is no size that it takes', effect: EFFECT, expected: 'a size such as 64mb' };
    case 'integer': {
      const { min, max = Infinity } = setting;
      const expected = expectedNumber('a whole number', setting);
      if (!/^-?\d+$/.test(text)) return { kind: 'form', why: 'is no whole number', effect: EFFECT, expected };
      const isWithin = Number(text) >= min && Number(text) <= max;
      return isWithin ? undefined : { kind: 'bounds', why: 'is out of range', effect: EFFECT, expected };
    }
    case 'enum': {
      if (setting.words.includes(text.toLowerCase())) return undefined;
      return {
        kind: 'bounds',
        why: 'is none of its words',
        effect: EFFECT,
        expected: expectedWord(setting.words, text),
      };
    }
    default:
      return undefined;
  }
}

/** Gives a size in bytes; `undefined` when Redis would not take it for one. */
export function sizeOf(value: SettingValue): number | undefined {
  const match = /^(\d+)([a-z]*)$/.exec(String(value).toLowerCase());
  const unit = UNITS[match?.[2] ?? ''];
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}
