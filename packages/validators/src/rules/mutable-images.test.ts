import { describe, expect, it } from 'vitest';

import { DIGEST, fleet, found, parse, place } from '../../test/support.ts';
import { mutableImages } from './mutable-images.ts';

const worker = (image: string) =>
  fleet({ services: `  w: { kind: worker, image: "${image}", on: [a], memory: 1GiB }` });
const image = (text: string) =>
  place(text.slice(0, text.indexOf(', on:')), 'image: "').replace(/\d+$/, (column) => String(Number(column) + 7));

describe('mutable-images', () => {
  it.each([`nginx:1.28.0@${DIGEST}`, `nginx@${DIGEST}`, `nginx:latest@${DIGEST}`])('accepts %s', (reference) => {
    expect(found(mutableImages, worker(reference))).toEqual([]);
  });

  it.each([
    'nginx',
    'nginx:latest',
    'nginx:stable',
    'nginx:1',
    'postgres:17-alpine',
    'registry.example:5000/web',
    'v/x:v2',
  ])('rejects %s, which moves by design', (reference) => {
    const text = worker(reference);
    expect(found(mutableImages, text)).toEqual([`VALIDATE_IMAGE_FLOATING ${image(text)}`]);
  });

  it.each(['nginx:1.28.0', 'registry.example:5000/web:1.2', 'app:20260131', 'app:9f3c1d2'])(
    'warns of %s, which has no digest',
    (reference) => {
      const text = worker(reference);
      expect(found(mutableImages, text)).toEqual([`VALIDATE_IMAGE_UNPINNED ${image(text)}`]);
    },
  );

  it('rejects a database without a digest, where a stateless service is only warned of', () => {
    const text = fleet({
      services: '  db: { kind: postgres, primary: a, databases: [x], memory: 1GiB, image: postgres:17.6 }',
    });
    expect(found(mutableImages, text)).toEqual([`VALIDATE_IMAGE_UNPINNED_DATA ${place(text, 'postgres:17.6')}`]);
  });

  it('gives commands of a plain engine that print the digest', () => {
    const [found] = mutableImages.check(parse(worker('nginx:1.28.0')));
    expect(found?.hint).toContain(
      "docker pull nginx:1.28.0 && docker image inspect -f '{{index .RepoDigests 0}}' nginx:1.28.0",
    );
  });

  it('looks at the images of derived units too, and at none of a sandbox', () => {
    const text = `${worker(`nginx:1.28.0@${DIGEST}`)}\nimages: { guard: guard:main }`;
    expect(found(mutableImages, text)).toEqual([`VALIDATE_IMAGE_FLOATING ${place(text, 'guard:main')}`]);
    expect(found(mutableImages, `${text}\nsandbox: true`)).toEqual([]);
  });
});
