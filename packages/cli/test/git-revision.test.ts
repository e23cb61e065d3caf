import { spawnRunner } from '@flotilla/exec';
import { expect, test } from 'vitest';

import { readRevision } from '../src/git-revision.ts';
import { withRepository } from './support/repository.ts';

const entry = 'environments/shop/environment.yaml';
const git = (root: string) => ({ root, runner: spawnRunner(), signal: new AbortController().signal });

test('reads files as they were committed, whatever the working tree says', async () => {
  const text = 'environment: shop # größer → 大\n';
  await withRepository({ [entry]: text, 'environments/other/environment.yaml': 'a: 1\n\nb: 2' }, async (repository) => {
    await repository.git('init', '--quiet');
    await repository.git('add', '.');
    await repository.git('commit', '--quiet', '--message', 'first');
    await repository.write(entry, 'changed\n');
    await repository.write('environments/new/environment.yaml', 'new\n');
    const { commit, read } = await readRevision('HEAD', ['environments'], git(repository.root));
    expect(commit).toMatch(/^[0-9a-f]{40}$/);
    expect(read(entry)).toBe(text);
    expect(read('environments/other/environment.yaml')).toBe('a: 1\n\nb: 2');
    expect(read('environments/new/environment.yaml')).toBeUndefined();
  });
});

test('knows no revision that git does not know, and takes none for an option', async () => {
  await withRepository({}, async ({ root, ...repository }) => {
    await repository.git('init', '--quiet');
    for (const revision of ['nowhere', '--all', 'HEAD']) {
      await expect(readRevision(revision, ['environments'], git(root))).rejects.toMatchObject({
        code: 'CLI_UNKNOWN_REVISION',
      });
    }
  });
});
