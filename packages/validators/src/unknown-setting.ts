import type { Finding, Position } from '@flotilla/model';
import { finding, suggest } from '@flotilla/model';

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
