import type { Finding, Position } from '@flotilla/model';
import { finding, suggest } from '@flotilla/model';

import { versionOf } from './image-reference.ts';
import { shown } from './owner.ts';
import type { WrittenSetting } from './owner.ts';
import type { Refusal } from './setting-table.ts';

/** An engine whose settings are known in one version. */
export type Engine = {
  readonly name: string;
  /** Series that the names are of, as a tag of its image begins. */
  readonly known: string;
  /** What may be written. */
  readonly names: readonly string[];
  /** Address of what another series says of its settings. */
  readonly docs: (version: string) => string;
};

/** A name that the engine does not know, with the series that the image's tag names; absent when it names none. */
export type UnknownName = { readonly setting: string; readonly version: string | undefined; readonly at: Position };

/** Gives what there is to say of a name that an engine does not know: of another series it is only doubted. */
export function unknownSetting({ name, known, names, docs }: Engine, { setting, version, at }: UnknownName): Finding {
  const suggestion = suggest(setting, names);
  const facts = { engine: name, setting, known, ...(suggestion === undefined ? {} : { suggestion }) };
  if (version === undefined || version === known) return finding('VALIDATE_SETTING_UNKNOWN', facts, at);
  return finding('VALIDATE_SETTING_UNSURE', { ...facts, version, docs: docs(version) }, at);
}

/** A value that an engine does not take, and the image that would read it. */
export type RefusedValue = WrittenSetting & {
  readonly image: string;
  readonly refusal: Refusal | undefined;
  readonly at: Position;
};

/**
 * Gives what there is to say of it: bounds and words, which change between versions, are held against the known series alone. A tag that names
 * no series is taken for the known one.
 */
export function refusedValue(
  { name, known, tag }: Engine & { readonly tag: RegExp },
  { setting, value, image, refusal, at }: RefusedValue,
): readonly Finding[] {
  if (refusal === undefined) return [];
  if (refusal.kind === 'bounds' && (versionOf(image, tag) ?? known) !== known) return [];
  const { why, effect, expected } = refusal;
  const facts = { setting, value: shown(value), why, effect: `${name} ${effect}`, expected };
  return [finding('VALIDATE_SETTING_VALUE', facts, at)];
}
