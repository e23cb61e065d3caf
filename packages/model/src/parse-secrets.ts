import { createHash } from 'node:crypto';

import { boundFindings } from './bound-findings.ts';
import { finding } from './errors.ts';
import type { Finding } from './finding.ts';
import { clip, describeNode, positionOf } from './yaml/node.ts';
import type { MapEntry } from './yaml/node.ts';
import { readTree } from './yaml/read-tree.ts';

/** What came of a secrets file. `hashes`: name of the secret to the SHA-256 of its ciphertext, hex, sorted by name. */
export type ParsedSecrets =
  | { readonly kind: 'parsed'; readonly hashes: Readonly<Record<string, string>> }
  /** Never empty; sorted by place. */
  | { readonly kind: 'invalid'; readonly findings: readonly Finding[] };

const CIPHERTEXT = /^ENC\[AES256_GCM,data:[A-Za-z0-9+/=]*,iv:[A-Za-z0-9+/=]+,tag:[A-Za-z0-9+/=]+,type:[a-z]+\]$/;
/** Longer than other names, because secrets of a database are named for service and database. */
const SECRET_NAME = /^(?!constructor$)[a-z][a-z0-9-]{0,127}$/;

/**
 * Gives the identities of the secrets in a SOPS file without opening one. No finding repeats a value.
 * @example parseSecrets({ path: 'environments/waybill/secrets.sops.yaml', text })
 */
export function parseSecrets({ path, text }: { readonly path: string; readonly text: string }): ParsedSecrets {
  const tree = readTree(path, text);
  const start = { file: path, line: 1, column: 1 };
  if (tree.kind === 'invalid') return { kind: 'invalid', findings: boundFindings(tree.findings, start) };
  const { root } = tree;
  const findings: Finding[] = [];
  if (root.entries.get('sops')?.value.kind !== 'map') {
    findings.push(finding('SECRET_FILE_NOT_ENCRYPTED', { path }, positionOf(root.mark)));
  }
  const hashes: [string, string][] = [];
  for (const [name, entry] of root.entries) {
    if (name === 'sops') continue;
    const { value } = entry;
    const wrong = checkEntry(name, entry, path);
    findings.push(...wrong);
    if (wrong.length === 0 && value.kind === 'scalar') hashes.push([name, sha256(String(value.value))]);
  }
  if (findings.length > 0) return { kind: 'invalid', findings: boundFindings(findings, start) };
  return { kind: 'parsed', hashes: Object.fromEntries(hashes.sort(([left], [right]) => (left < right ? -1 : 1))) };
}

function checkEntry(name: string, { key, value }: MapEntry, path: string): readonly Finding[] {
  const findings: Finding[] = [];
  if (!SECRET_NAME.test(name)) {
    const expected = 'lower-case letters, digits and dashes, starting with a letter';
    findings.push(finding('SECRET_NAME', { name: clip(name), expected }, positionOf(key)));
  }
  if (value.kind !== 'scalar') {
    findings.push(finding('SECRET_NESTED', { name: clip(name), found: describeNode(value) }, positionOf(value.mark)));
  } else if (typeof value.value !== 'string' || !CIPHERTEXT.test(value.value)) {
    findings.push(finding('SECRET_CLEARTEXT', { name: clip(name), path }, positionOf(value.mark)));
  }
  return findings;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
