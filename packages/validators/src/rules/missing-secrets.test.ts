import { describe, expect, it } from 'vitest';

import { fleet, foundInTree, parse, place, treeOf, unit } from '../../test/support.ts';
import { missingSecrets } from './missing-secrets.ts';

const text = fleet({
  services: [
    '  web: { kind: app, image: IMAGE, on: [a, b], port: 80, memory: 1GiB, secrets: [other, app-key] }',
    '  db: { kind: postgres, image: IMAGE, primary: c, databases: [x], memory: 1GiB }',
  ].join('\n'),
});
const web = (server: string) =>
  unit({
    service: 'web',
    server,
    secretEnv: [
      { variable: 'APP_KEY', secret: 'app-key' },
      { variable: 'DB_PASSWORD', secret: 'db-owner-x' },
    ],
  });
const tree = treeOf({
  a: [web('a')],
  b: [web('b')],
  c: [unit({ service: 'db', server: 'c', secretFiles: ['db-guard'] })],
});

describe('missing-secrets', () => {
  it('accepts secrets that have entries, and says nothing when no file was read', () => {
    const secretHashes = { 'app-key': 'x', 'db-owner-x': 'y', 'db-guard': 'z' };
    expect(foundInTree(missingSecrets, text, { tree, secretHashes })).toEqual([]);
    expect(foundInTree(missingSecrets, text, { tree })).toEqual([]);
  });

  it('rejects each missing entry once per service, where the secret is named', () => {
    const secretHashes = { 'db-owner-x': 'y', 'db-guard': 'z' };
    expect(foundInTree(missingSecrets, text, { tree, secretHashes })).toEqual([
      `VALIDATE_SECRET_MISSING ${place(text, 'app-key')}`,
    ]);
  });

  it('rejects those that follow from the services together, at the service that misses most of them', () => {
    const more = treeOf({
      a: [web('a')],
      c: [unit({ service: 'db', server: 'c', secretFiles: ['db-guard', 'db-owner-x'] })],
    });
    const secretHashes = { 'app-key': 'x' };
    expect(foundInTree(missingSecrets, text, { tree: more, secretHashes })).toEqual([
      `VALIDATE_SECRET_MISSING ${place(text, 'db: {')}`,
    ]);
    const [found] = missingSecrets.check({ ...parse(text), tree: more, secretHashes });
    expect(found?.message).toContain('web, db need "db-guard", "db-owner-x", which');
    expect(found?.hint).toContain('add "db-guard", "db-owner-x" with: sops');
  });

  it('is one finding while the file has no entry at all, with the way to make it', () => {
    const found = missingSecrets.check({ ...parse(text), tree, secretHashes: {} });
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toContain('"app-key", "db-guard", "db-owner-x"');
    expect(found[0]?.hint).toContain('sops --age "$(age-keygen -y key.txt)" environments/test/secrets.sops.yaml');
  });

  it('says what a derived unit needs at its database', () => {
    const derived = treeOf({
      a: [
        unit({ service: 'guard', kind: 'guard', secretFiles: ['db-guard'] }),
        unit({ service: 'db-pooler', kind: 'pooler', secretFiles: ['db-owner-x'] }),
      ],
      c: [
        unit({ service: 'guard', kind: 'guard', server: 'c', secretFiles: ['db-guard'] }),
        unit({ service: 'db', server: 'c', secretFiles: ['db-guard'] }),
      ],
    });
    const found = missingSecrets.check({ ...parse(text), tree: derived, secretHashes: { other: 'x' } });
    expect(found.map(({ message }) => message.split(', which')[0])).toEqual(['db needs "db-guard", "db-owner-x"']);
    const pooler = treeOf({ a: [unit({ service: 'db-pooler', kind: 'pooler', secretFiles: ['db-owner-x'] })] });
    expect(foundInTree(missingSecrets, text, { tree: pooler, secretHashes: { other: 'x' } })).toEqual([
      `VALIDATE_SECRET_MISSING ${place(text, 'db: {')}`,
    ]);
  });

  it('stops a deploy that would stop, and names the file beside the entry', () => {
    const [found] = missingSecrets.check({ ...parse(text), tree, secretHashes: {} });
    expect(found?.severity).toBe('error');
    expect(found?.hint).toContain(' environments/test/secrets.sops.yaml');
  });

  it('says nothing of a sandbox, which makes its own', () => {
    expect(foundInTree(missingSecrets, `${text}\nsandbox: true`, { tree, secretHashes: {} })).toEqual([]);
  });
});
