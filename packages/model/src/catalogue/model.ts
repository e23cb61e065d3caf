import type { FindingEntry } from './entry.ts';

type Key = { readonly key: string; readonly parent: string };
type Choice = { readonly suggestion?: string; readonly known: readonly string[] };

/** Ties the facts of an entry's sentences together; all of these are errors. */
function error<Facts>(entry: Omit<FindingEntry<Facts>, 'severity'>): FindingEntry<Facts> {
  return { severity: 'error', ...entry };
}

function choose(word: string, { suggestion, known }: Choice): string {
  return suggestion === undefined ? `known ${word}: ${known.join(', ')}` : `did you mean "${suggestion}"?`;
}

const files = {
  MODEL_FILE_MISSING: error<{ readonly path: string }>({
    title: 'No such file',
    message: ({ path }) => `${path} does not exist`,
    hint: () => 'scripts/flotilla list',
  }),
  MODEL_FILE_TOO_LARGE: error<{ readonly size: number; readonly limit: number }>({
    title: 'The file is too large',
    message: ({ size, limit }) => `the file has ${size} characters; at most ${limit} are read`,
    hint: () => 'an environment is written by people: check that this is the file you meant',
  }),
  MODEL_TEXT_ENCODING: error<{ readonly character: string }>({
    title: 'A character that no text should hold',
    message: ({ character }) => `the text holds the character ${character}`,
    hint: () => 'save the file as UTF-8 and remove the control character',
  }),
  MODEL_TOO_MANY_FAULTS: error<{ readonly limit: number }>({
    title: 'More faults than can be listed',
    message: ({ limit }) => `the file has more faults than the ${limit} that are listed at most`,
    hint: () => 'check that this is the file you meant, repair what is listed and try again',
  }),
  MODEL_EMPTY: error<{ readonly path: string }>({
    title: 'The file is empty',
    message: ({ path }) => `${path} holds nothing but blanks or comments`,
    hint: () => 'begin with "environment: NAME", then "servers:" and "services:"',
  }),
} as const;

const syntax = {
  MODEL_YAML_SYNTAX: error<{ readonly reason: string }>({
    title: 'The text is not YAML',
    message: ({ reason }) => `this is not YAML: ${reason}`,
    hint: () => 'check indentation, quotes and brackets at this place and just before it',
  }),
  MODEL_YAML_TAB: error<Record<string, never>>({
    title: 'A tab in the indentation',
    message: () => 'this line is indented with a tab; YAML allows only spaces',
    hint: () => 'replace each tab by two spaces',
  }),
  MODEL_SEVERAL_DOCUMENTS: error<{ readonly count: number }>({
    title: 'More than one YAML document',
    message: ({ count }) => `the file holds ${count} YAML documents; one is expected`,
    hint: () => 'remove the "---" line, or move what follows it into its own folder',
  }),
  MODEL_NOT_A_MAPPING: error<{ readonly found: string }>({
    title: 'The file is not a mapping',
    message: ({ found }) => `expected a mapping of keys to values, found ${found}`,
    hint: () => 'write "key: value" lines, with a space after the colon',
  }),
  MODEL_DUPLICATE_KEY: error<{ readonly key: string; readonly firstLine: number }>({
    title: 'The same key twice',
    message: ({ key, firstLine }) => `the key "${key}" already stands in line ${firstLine}`,
    hint: () => 'keep one of the two',
  }),
  MODEL_RESERVED_KEY: error<{ readonly key: string }>({
    title: 'A key that is never allowed',
    message: ({ key }) => `"${key}" cannot be used as a key`,
    hint: () => 'choose another name',
  }),
  MODEL_KEY_NOT_TEXT: error<Record<string, never>>({
    title: 'A key that is not a plain word',
    message: () => 'a key must be a word, not a list, a mapping or an alias',
    hint: () => 'quote text that begins with one of: [ ] { } ? * &',
  }),
  MODEL_YAML_TAG: error<{ readonly tag: string }>({
    title: 'A YAML tag',
    message: ({ tag }) => `the tag ${tag} is not supported`,
    hint: () => 'remove the tag; quote the value when it must be text',
  }),
} as const;

const aliases = {
  MODEL_ALIAS_UNKNOWN: error<{ readonly alias: string }>({
    title: 'An alias without its anchor',
    message: ({ alias }) => `*${alias} has no anchor before it`,
    hint: ({ alias }) => `write &${alias} before the value that it stands for`,
  }),
  MODEL_ALIAS_CYCLE: error<{ readonly alias: string }>({
    title: 'An alias inside its own anchor',
    message: ({ alias }) => `*${alias} stands inside the value that it repeats`,
    hint: () => 'move the anchor to a value that does not contain the alias',
  }),
  MODEL_ALIAS_BOMB: error<{ readonly limit: number }>({
    title: 'Aliases that grow without bound',
    message: ({ limit }) => `the aliases of this file stand for more than ${limit} values`,
    hint: () => 'write the values out, or layer environments with "extends:"',
  }),
  MODEL_MERGE_KEY: error<{ readonly found: string }>({
    title: 'A merge key without a mapping',
    message: ({ found }) => `"<<" merges mappings, found ${found}`,
    hint: () => 'write "<<: *anchor" where the anchor names a mapping',
  }),
} as const;

const extending = {
  MODEL_EXTENDS_CYCLE: error<{ readonly chain: readonly string[] }>({
    title: 'An environment that extends itself',
    message: ({ chain }) => `"extends" goes in a circle: ${chain.join(' → ')}`,
    hint: () => 'remove "extends" from one of these files',
  }),
  MODEL_EXTENDS_OUTSIDE: error<{ readonly path: string }>({
    title: 'A path that leaves the repository',
    message: ({ path }) => `the path "${path}" is absolute or leads outside of the repository`,
    hint: () => 'write a path relative to this folder, such as ../base',
  }),
  MODEL_EXTENDS_MISSING: error<{ readonly path: string; readonly target: string }>({
    title: 'The extended environment does not exist',
    message: ({ path, target }) => `"${path}" leads to ${target}, which does not exist`,
    hint: () => 'name a folder with an environment.yaml, or a .yaml file, relative to this folder',
  }),
} as const;

const values = {
  MODEL_UNKNOWN_KEY: error<Key & Choice & { readonly advice?: string }>({
    title: 'A key that the schema does not know',
    message: ({ key, parent }) => `unknown key "${key}" in ${parent}`,
    hint: ({ advice, ...choice }) => advice ?? choose('keys', choice),
  }),
  MODEL_MISSING_KEY: error<Key & { readonly description?: string }>({
    title: 'A key that must be there',
    message: ({ key, parent }) => `${parent} has no "${key}"`,
    hint: ({ key, parent, description }) =>
      description === undefined ? `add "${key}:" to ${parent}` : `add "${key}:" to ${parent}: ${description}`,
  }),
  MODEL_WRONG_TYPE: error<{
    readonly path: string;
    readonly expected: string;
    readonly found: string;
    readonly advice?: string;
  }>({
    title: 'A value of the wrong type',
    message: ({ path, expected, found }) => `${path}: expected ${expected}, found ${found}`,
    hint: ({ expected, advice }) => advice ?? `write ${expected} here`,
  }),
  MODEL_UNKNOWN_KIND: error<{ readonly path: string; readonly found: string } & Choice>({
    title: 'A kind of service that does not exist',
    message: ({ path, found, known }) => `${path}: ${found} is no kind of service; there are ${known.join(', ')}`,
    hint: (choice) => choose('kinds', choice),
  }),
  MODEL_INVALID_VALUE: error<{ readonly path: string; readonly found: string; readonly advice?: string } & Choice>({
    title: 'A value that is none of the possible ones',
    message: ({ path, found, known }) => `${path}: expected ${known.join(' or ')}, found ${found}`,
    hint: ({ advice, ...choice }) => advice ?? choose('values', choice),
  }),
  MODEL_INVALID_TEXT: error<{
    readonly path: string;
    readonly found: string;
    readonly expected: string;
    readonly advice?: string;
  }>({
    title: 'Text that is not of the expected form',
    message: ({ path, expected, found }) => `${path}: expected ${expected}, found ${found}`,
    hint: ({ expected, advice }) => advice ?? `write ${expected} here`,
  }),
  MODEL_INVALID_NAME: error<Key & { readonly expected: string }>({
    title: 'A key that is not a valid name',
    message: ({ key, parent, expected }) => `"${key}" in ${parent} is no valid key: expected ${expected}`,
    hint: ({ expected }) => `rename it to ${expected}`,
  }),
  MODEL_OUT_OF_RANGE: error<{ readonly path: string; readonly found: string; readonly expected: string }>({
    title: 'Too small, too large, too few or too many',
    message: ({ path, expected, found }) => `${path}: expected ${expected}, found ${found}`,
    hint: ({ expected }) => `write ${expected} here`,
  }),
} as const;

const secrets = {
  SECRET_CLEARTEXT: error<{ readonly name: string; readonly path: string }>({
    title: 'A secret in clear text',
    message: ({ name }) => `"${name}" is not encrypted`,
    hint: ({ path }) => `the value must count as known to others: change it where it is used, then: sops edit ${path}`,
  }),
  SECRET_NESTED: error<{ readonly name: string; readonly found: string }>({
    title: 'A secret that is not one value',
    message: ({ name, found }) => `"${name}" must be one encrypted text, found ${found}`,
    hint: () => 'give every value a name of its own at the top level',
  }),
  SECRET_NAME: error<{ readonly name: string; readonly expected: string }>({
    title: 'A secret with an invalid name',
    message: ({ name, expected }) => `"${name}" is no name of a secret: expected ${expected}`,
    hint: ({ expected }) => `rename it to ${expected}`,
  }),
  SECRET_FILE_NOT_ENCRYPTED: error<{ readonly path: string }>({
    title: 'A secrets file without SOPS metadata',
    message: ({ path }) => `${path} has no "sops" mapping, so SOPS did not write it`,
    hint: ({ path }) => `sops encrypt --in-place ${path}`,
  }),
} as const;

/** What can be wrong with the text of an environment or a secrets file. Codes are permanent. */
export const modelFindings = { ...files, ...syntax, ...aliases, ...extending, ...values, ...secrets } as const;
