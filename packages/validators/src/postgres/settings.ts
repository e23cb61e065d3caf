import { SETTINGS_17 } from './settings-17.ts';

/** Version of PostgreSQL whose settings are known here. */
export const KNOWN_MAJOR = 17;

/** The unit of a number that is written without one. */
export type BaseUnit = 'B' | 'kB' | '8kB' | 'MB' | 'ms' | 's' | 'min';

/** What a setting takes. Bounds are in the base unit. A preset cannot be set at all. */
export type Setting =
  | { readonly kind: 'bool' }
  | { readonly kind: 'string' }
  | { readonly kind: 'preset' }
  | { readonly kind: 'enum'; readonly words: readonly string[] }
  | {
      readonly kind: 'integer' | 'real';
      readonly min: number;
      readonly max: number;
      readonly unit: BaseUnit | undefined;
    };

const SETTINGS: ReadonlyMap<string, Setting> = new Map(
  (['bool', 'string', 'preset', 'enum', 'integer', 'real'] as const).flatMap((kind) =>
    SETTINGS_17[kind]
      .trim()
      // A word of an enum may hold a space.
      .split(kind === 'enum' ? /\s+(?=[a-z_]+:)/ : /\s+/)
      .map((text) => readSetting(kind, text)),
  ),
);

/** Names that a file may set; sorted as the server lists them, kind by kind. */
export const SETTABLE: readonly string[] = [...SETTINGS].flatMap(([name, { kind }]) =>
  kind === 'preset' ? [] : [name],
);

/** Gives what is known of a setting; `undefined` when PostgreSQL has none of that name. */
export function settingOf(name: string): Setting | undefined {
  return SETTINGS.get(name);
}

function readSetting(kind: Setting['kind'], text: string): readonly [string, Setting] {
  const [name = '', first = '', max = '', unit] = text.split(':');
  if (kind === 'enum') return [name, { kind, words: first.split(',') }];
  if (kind !== 'integer' && kind !== 'real') return [name, { kind }];
  // The table holds no unit but these.
  return [name, { kind, min: Number(first), max: Number(max), unit: unit as BaseUnit | undefined }];
}
