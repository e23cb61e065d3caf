import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { spawnRunner } from '@flotilla/exec';
import type { CommandResult } from '@flotilla/exec';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const digest = `sha256:${'1'.repeat(64)}`;

/** A small right environment: one application behind one balancer. */
export const rightYaml = `environment: shop
servers:
  front: { host: 192.0.2.10, cpus: 2, memory: 2GiB }
  app1: { host: 192.0.2.11, cpus: 2, memory: 4GiB }
  app2: { host: 192.0.2.12, cpus: 2, memory: 4GiB }
services:
  edge:
    kind: haproxy
    image: haproxy:3.2@${digest}
    on: [front]
    memory: 256MiB
    public: [80]
    routes: { /: app }
  app:
    kind: app
    image: ghcr.io/example/shop:1.0.0@${digest}
    on: [app1, app2]
    memory: 512MiB
    port: 3000
    health: { http: /health }
`;

/** A repository in a temporary folder, and the CLI run in it as a process of its own. */
export type TestRepository = {
  readonly root: string;
  write(path: string, text: string): Promise<void>;
  flotilla(...args: readonly string[]): Promise<CommandResult>;
  git(...args: readonly string[]): Promise<CommandResult>;
};

/** Gives `work` a repository that holds these files, and removes it afterwards. */
export async function withRepository<T>(
  files: Readonly<Record<string, string>>,
  work: (repository: TestRepository) => Promise<T>,
): Promise<T> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'flotilla-cli-')));
  try {
    await mkdir(join(root, 'environments'), { recursive: true });
    const repository = openRepository(root);
    for (const [path, text] of Object.entries(files)) await repository.write(path, text);
    return await work(repository);
  } finally {
    await rm(root, { recursive: true });
  }
}

function openRepository(root: string): TestRepository {
  const runner = spawnRunner();
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
  return {
    root,
    write: async (path, text) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), text);
    },
    flotilla: (...args) => runner.run({ argv: [process.execPath, main, ...args], cwd: root, timeoutMs: 10_000 }),
    git: (...args) => runner.run({ argv: ['git', ...identity, ...args], cwd: root, timeoutMs: 10_000 }),
  };
}
