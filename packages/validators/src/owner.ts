/** Why a setting, or a value of one, is not free, and what to write instead. */
export type Owner = { readonly why: string; readonly instead: string };

/** What a value costs that somebody may choose knowingly, and what keeps it from costing that. */
export type Loss = { readonly loss: string; readonly instead: string };

/** A value as YAML gives it. */
export type SettingValue = string | number | boolean;

/** A setting under `tuning` as it is written. */
export type WrittenSetting = { readonly setting: string; readonly value: SettingValue };

export const REMOVE = 'remove it';

const OFF = /^(?:f(?:a(?:l(?:se?)?)?)?|no?|off?|0)$/i;

/** Tells whether an engine takes a value for off: PostgreSQL takes the beginnings of the words as well. */
export function isOff(value: SettingValue): boolean {
  return value === false || OFF.test(String(value));
}

/** Tells whether an engine takes a value for on. */
export function isOn(value: SettingValue): boolean {
  return value === true || /^(?:t(?:r(?:ue?)?)?|y(?:es?)?|on|1)$/i.test(String(value));
}

/** Gives a value as it may stand in a sentence. */
export function shown(value: SettingValue): string {
  const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
  return /^[\x20-\x7e]{1,60}$/.test(text) ? text : 'this value';
}
