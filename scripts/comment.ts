/** Keeps one comment per file on a pull request: `node scripts/comment.ts DIR`, with GITHUB_TOKEN and PULL_REQUEST. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { keepComment } from './actions/comment.ts';

const { GITHUB_API_URL: api = 'https://api.github.com', GITHUB_REPOSITORY, GITHUB_TOKEN, PULL_REQUEST } = process.env;
const [folder] = process.argv.slice(2);
if (folder === undefined || GITHUB_REPOSITORY === undefined || !/^\d+$/.test(PULL_REQUEST ?? '')) {
  throw new Error('DIR, GITHUB_REPOSITORY and PULL_REQUEST are needed');
}
const issues = `/repos/${GITHUB_REPOSITORY}/issues`;
for (const file of (await readdir(folder)).toSorted()) {
  const body = await readFile(join(folder, file), 'utf8');
  console.log(`${file}: ${await keepComment({ issues, pullRequest: PULL_REQUEST ?? '', body }, call)}`);
}

async function call(method: string, path: string, content?: object): Promise<unknown> {
  const headers = { authorization: `Bearer ${GITHUB_TOKEN}`, accept: 'application/vnd.github+json' };
  const body = content === undefined ? {} : { body: JSON.stringify(content) };
  const response = await fetch(`${api}${path}`, { method, headers, ...body, signal: AbortSignal.timeout(30_000) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
