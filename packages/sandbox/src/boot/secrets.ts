import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/**
 * Writes a file (0600) with a random value for every name, as one JSON object, and keeps the values that it already holds:
 * running servers know them.
 */
export async function ensureSecrets(file: string, names: readonly string[]): Promise<void> {
  const known = await readSecrets(file);
  const entries = [...new Set([...known.keys(), ...names])]
    .toSorted()
    .map((name): [string, string] => [name, known.get(name) ?? randomBytes(24).toString('base64url')]);
  await writeFile(file, `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`, { mode: 0o600 });
}

/** Gives the secrets in a file of `ensureSecrets` by name; none when there is no such file. */
export async function readSecrets(file: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const content: unknown = JSON.parse(text);
  if (typeof content !== 'object' || content === null) return new Map();
  return new Map(Object.entries(content).map(([name, value]) => [name, String(value)]));
}
