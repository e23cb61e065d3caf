import { dump } from 'js-yaml';

/** What a Compose file is made of. A mapping keeps the order of its keys. */
export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

/** Gives a mapping as block YAML. Keys without a value are left out; no line is folded, so that a diff shows whole values. */
export function formatYaml(document: { readonly [key: string]: YamlValue | undefined }): string {
  return dump(document, { lineWidth: -1, noRefs: true, skipInvalid: true });
}
