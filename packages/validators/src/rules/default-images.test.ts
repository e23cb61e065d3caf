import { describe, expect, it } from 'vitest';

import { DIGEST, fleet, foundInTree, parse, place, treeOf, unit } from '../../test/support.ts';
import { defaultImages } from './default-images.ts';

const text = fleet({
  services: '  db: { kind: postgres, image: IMAGE, primary: a, replicas: [b], databases: [x], memory: 1GiB }',
});
const guardOn = (server: string, image: string) => unit({ service: 'guard', kind: 'guard', server, image });
const tree = treeOf({ a: [guardOn('a', 'guard:1.0')], b: [guardOn('b', 'guard:1.0')] });

describe('default-images', () => {
  it('accepts a default that has its digest', () => {
    expect(foundInTree(defaultImages, text, { tree: treeOf({ a: [guardOn('a', `guard:1.0@${DIGEST}`)] }) })).toEqual(
      [],
    );
  });

  it('warns once of a default without one, with the commands that make an own one', () => {
    expect(foundInTree(defaultImages, text, { tree })).toEqual([`VALIDATE_IMAGE_DEFAULT ${place(text, 'services:')}`]);
    const [found] = defaultImages.check({ ...parse(text), tree });
    expect(found?.severity).toBe('warning');
    expect(found?.hint).toContain('docker push');
  });

  it('warns of a pooler at its database', () => {
    const pooler = treeOf({ a: [unit({ service: 'db-pooler', kind: 'pooler', image: 'pgbouncer:1.24.1' })] });
    expect(foundInTree(defaultImages, text, { tree: pooler })).toEqual([
      `VALIDATE_IMAGE_DEFAULT ${place(text, 'db: {')}`,
    ]);
    const [found] = defaultImages.check({ ...parse(text), tree: pooler });
    expect(found?.hint).toContain('docker pull pgbouncer:1.24.1');
  });

  it('leaves what is written to the rule for written images, and a sandbox alone', () => {
    expect(foundInTree(defaultImages, `${text}\nimages: { guard: guard:1.0 }`, { tree })).toEqual([]);
    expect(foundInTree(defaultImages, `${text}\nsandbox: true`, { tree })).toEqual([]);
  });
});
