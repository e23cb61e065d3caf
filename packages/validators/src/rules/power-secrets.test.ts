import { describe, expect, it } from 'vitest';

import { fleet, foundInTree, parse, place, treeOf } from '../../test/support.ts';
import { powerSecrets } from './power-secrets.ts';

const text = fleet({
  servers: [
    '  a: { host: 192.0.2.1, cpus: 2, memory: 4GiB, power: { redfish: { address: 192.0.2.31, system: "1", user: op, password: board-a } } }',
    '  b: { host: 192.0.2.2, cpus: 2, memory: 4GiB, power: { ipmi: { address: 192.0.2.32, user: op, password: board-b } } }',
    '  c: { host: 192.0.2.3, cpus: 2, memory: 4GiB, power: { qm: 103, via: 192.0.2.9 } }',
  ].join('\n'),
  services: '  web: { kind: app, image: IMAGE, on: [a], port: 80, memory: 1GiB }',
});
const tree = treeOf({});

describe('power-secrets', () => {
  it('accepts passwords that have entries, and says nothing when no file was read', () => {
    expect(foundInTree(powerSecrets, text, { tree, secretHashes: { 'board-a': 'x', 'board-b': 'y' } })).toEqual([]);
    expect(foundInTree(powerSecrets, text, { tree })).toEqual([]);
  });

  it('rejects each missing password where it is named, of either kind of board', () => {
    expect(foundInTree(powerSecrets, text, { tree, secretHashes: { other: 'x' } })).toEqual([
      `VALIDATE_SECRET_MISSING ${place(text, 'board-a')}`,
      `VALIDATE_SECRET_MISSING ${place(text, 'board-b')}`,
    ]);
    expect(foundInTree(powerSecrets, text, { tree, secretHashes: { 'board-a': 'x' } })).toEqual([
      `VALIDATE_SECRET_MISSING ${place(text, 'board-b')}`,
    ]);
  });

  it('is an error, and names the file beside the entry', () => {
    const [found] = powerSecrets.check({ ...parse(text), tree, secretHashes: {} });
    expect(found?.severity).toBe('error');
    expect(found?.hint).toContain('sops environments/test/secrets.sops.yaml');
  });

  it('says nothing of a sandbox, which has boards of its own', () => {
    expect(foundInTree(powerSecrets, `${text}\nsandbox: true`, { tree, secretHashes: {} })).toEqual([]);
  });
});
