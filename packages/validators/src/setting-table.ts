import { suggest } from '@flotilla/model';

import type { SettingValue } from './owner.ts';

/** What a setting takes. `max` is absent where nothing that a person writes is too much. */
export type Setting =
  | { readonly kind: 'bool' | 'size' }
  | { readonly kind: 'integer' | 'real'; readonly min: number; readonly max?: number }
  | { readonly kind: 'enum'; readonly words: readonly string[] };

/**
 * The settings of an engine by what they take, separated by white space: `name`, `name:min`, `name:min:max` or `name:word,word`. Absent:
 * none of that kind.
 */
export type SettingTable = Readonly<Partial<Record<Setting['kind'], string>>>;

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

const KINDS = ['bool', 'size', 'integer', 'real', 'enum'] as const;

/** Gives the settings of a table by name. */
export function readTable(table: SettingTable): ReadonlyMap<string, Setting> {
  const entries = KINDS.flatMap((kind) => {
    const texts = (table[kind] ?? '').split(/\s+/).filter((text) => text !== '');
    return texts.map((text) => readSetting(kind, text));
  });
  return new Map(entries);
}

function readSetting(kind: Setting['kind'], text: string): readonly [string, Setting] {
  const [name = '', first = '', max] = text.split(':');
  if (kind === 'bool' || kind === 'size') return [name, { kind }];
  if (kind === 'enum') return [name, { kind, words: first.split(',') }];
  return [name, { kind, min: Number(first), ...(max === undefined ? {} : { max: Number(max) }) }];
}

/** Gives a value as an engine reads it that calls a switch so. */
export function textOf(value: SettingValue, [on, off]: readonly [on: string, off: string]): string {
  return typeof value === 'boolean' ? (value ? on : off) : String(value);
}

/** Gives the word that was probably meant, or all of them. */
export function expectedWord(words: readonly string[], text: string): string {
  const known = words.map((word) => word.toLowerCase());
  return suggest(text.toLowerCase(), known) ?? `one of ${words.join(', ')}`;
}

/** Gives the bounds of a number behind its noun. */
export function expectedNumber(noun: string, { min, max }: { readonly min: number; readonly max?: number }): string {
  return `${noun} from ${min}${max === undefined ? '' : ` to ${max}`}`;
}
