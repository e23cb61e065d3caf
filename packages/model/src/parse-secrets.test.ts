import { createHash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { parseSecrets } from './parse-secrets.ts';

const ENTRY = 'ENC[AES256_GCM,data:bm90aGluZw==,iv:aXYrL2l2,tag:dGFnPT0=,type:str]';
const METADATA = 'sops:\n  version: 3.10.2\n  age: []\n';

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function codes(text: string): readonly string[] {
  const result = parseSecrets({ path: 'env/secrets.sops.yaml', text });
  return result.kind === 'parsed' ? [] : result.findings.map(({ code, at }) => `${code} ${at.line}:${at.column}`);
}

describe('parseSecrets', () => {
  it('gives the hash of each ciphertext, sorted by name', () => {
    const other = ENTRY.replace('bm90', 'cm90');
    const result = parseSecrets({ path: 's.yaml', text: `web-token: ${ENTRY}\napp-key: ${other}\n${METADATA}` });
    expect(result).toEqual({ kind: 'parsed', hashes: { 'app-key': hash(other), 'web-token': hash(ENTRY) } });
    expect(result.kind === 'parsed' && Object.keys(result.hashes)).toEqual(['app-key', 'web-token']);
  });

  it.each([
    ['clear text', `a: ${ENTRY}\nb: hunter2\n${METADATA}`, ['SECRET_CLEARTEXT 2:4']],
    ['a number', `a: 12345\n${METADATA}`, ['SECRET_CLEARTEXT 1:4']],
    ['text that only begins like ciphertext', `a: "ENC[AES256_GCM] hunter2"\n${METADATA}`, ['SECRET_CLEARTEXT 1:4']],
    ['a value in a mapping', `a: { b: ${JSON.stringify(ENTRY)} }\n${METADATA}`, ['SECRET_NESTED 1:4']],
    ['an invalid name', `A_B: ${ENTRY}\n${METADATA}`, ['SECRET_NAME 1:1']],
    ['a file that SOPS did not write', 'a: hunter2\n', ['SECRET_FILE_NOT_ENCRYPTED 1:1', 'SECRET_CLEARTEXT 1:4']],
    ['metadata that is no mapping', `a: ${ENTRY}\nsops: yes\n`, ['SECRET_FILE_NOT_ENCRYPTED 1:1']],
    ['an empty file', '', ['MODEL_EMPTY 1:1']],
    ['a duplicate name', `a: ${ENTRY}\na: ${ENTRY}\n${METADATA}`, ['MODEL_DUPLICATE_KEY 2:1']],
  ])('refuses %s', (_, text, expected) => {
    expect(codes(text)).toEqual(expected);
  });

  it('never repeats a value', () => {
    const result = parseSecrets({ path: 's.yaml', text: 'a: hunter2\nb: { c: hunter2 }\nc: [hunter2]\n' });
    expect(result.kind).toBe('invalid');
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});
