import { dump } from 'js-yaml';

/** What a Compose file is made of. A mapping keeps the order of its keys. */
export type YamlValue =
  | string
  | number
  | boolean
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

/** Words that some version of YAML reads as something else than text. */
const RESERVED = /^(?:y|n|yes|no|on|off|true|false|null)$/i;
const PLAIN = /^[A-Za-z/][A-Za-z0-9_./@-]*(?::[A-Za-z0-9_./@-]+)*$/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * Gives a mapping as block YAML. Keys without a value are left out. Only text that needs escapes is left to js-yaml: a fleet has
 * thousands of Compose files, and its general printer would take most of the time of rendering them.
 */
export function formatYaml(document: { readonly [key: string]: YamlValue | undefined }): string {
  return formatMapping(document, '').slice(1).concat('\n');
}

function formatMapping(mapping: { readonly [key: string]: YamlValue | undefined }, indent: string): string {
  let text = '';
  for (const key of Object.keys(mapping)) {
    const value = mapping[key];
    if (value !== undefined) text += `\n${indent}${formatScalar(key)}:${formatValue(value, `${indent}  `)}`;
  }
  return text;
}

function formatValue(value: YamlValue, indent: string): string {
  if (typeof value !== 'object') return ` ${formatScalar(value)}`;
  if (!isList(value)) return formatMapping(value, indent) || ' {}';
  return value.map((item) => `\n${indent}-${formatValue(item, `${indent}  `)}`).join('') || ' []';
}

function formatScalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value);
  if (PLAIN.test(value) && !RESERVED.test(value)) return value;
  if (PRINTABLE.test(value)) return `'${value.replaceAll("'", "''")}'`;
  return dump(value, { forceQuotes: true, quoteStyle: 'double', lineWidth: -1 }).trimEnd();
}

function isList(value: object): value is readonly YamlValue[] {
  return Array.isArray(value);
}
