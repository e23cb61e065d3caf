import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pollUntil, spawnRunner, systemClock } from '@flotilla/exec';
import type { CommandResult } from '@flotilla/exec';

import { buildImages } from '../src/index.ts';
import type { ImageRequest } from '../src/index.ts';

/** A container to start. `publish` is a container port, reachable on a port of its own on loopback. */
export type Start = {
  readonly image: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly mounts?: Readonly<Record<string, string>>;
  readonly publish?: number;
  readonly alias?: string;
  readonly command?: readonly string[];
};

/** Containers, a network and files of one test file, all removed by `close`. */
export type Bench = {
  image(request: ImageRequest): Promise<string>;
  start(options: Start): Promise<string>;
  docker(...args: readonly string[]): Promise<CommandResult>;
  /** Address on loopback of a published port. */
  address(
    container: string,
    port: number,
  ): Promise<{ readonly host: string; readonly port: number; readonly url: string }>;
  /** Writes files into a new folder that every user may read; what starts with `#!` is executable. */
  folder(files: Readonly<Record<string, string | Uint8Array>>): Promise<string>;
  /** Asks until the answer is neither `undefined` nor `false`; throws what it waited for after 30 s. */
  until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T>;
  close(): Promise<void>;
};

const runner = spawnRunner();
const clock = systemClock();

async function docker(...args: readonly string[]): Promise<CommandResult> {
  return await runner.run({ argv: ['docker', ...args], timeoutMs: 60_000 });
}

async function demand(...args: readonly string[]): Promise<string> {
  const result = await docker(...args);
  if (result.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.trim();
}

/** Opens a bench. Everything it starts carries labels, so that it is found also when the test dies. */
export async function openBench(): Promise<Bench> {
  const label = `flotilla.test-run=images-${process.pid}-${Math.floor(performance.now())}`;
  const network = label.replace('=', '-').replaceAll('.', '-');
  const folders: string[] = [];
  const newFolder = async () => {
    const folder = await mkdtemp(join(tmpdir(), 'flotilla-images-'));
    folders.push(folder);
    await chmod(folder, 0o755);
    return folder;
  };
  await demand('network', 'create', '--label', 'flotilla.test=1', '--label', label, network);
  return {
    docker,
    image: async (request) => {
      const [built] = await buildImages({ runner, names: [request], cacheDir: await newFolder() });
      if (!built) throw new Error('the builder gave no image');
      return built.tag;
    },
    start: async (options) =>
      await demand(
        'run',
        '-d',
        '--label',
        'flotilla.test=1',
        '--label',
        label,
        '--network',
        network,
        ...runArgs(options),
      ),
    address: async (container, port) => {
      const [host = '', mapped = ''] =
        (await demand('port', container, `${port}/tcp`)).split('\n', 1)[0]?.split(':') ?? [];
      return { host, port: Number(mapped), url: `http://${host}:${mapped}` };
    },
    folder: async (files) => {
      const folder = await newFolder();
      for (const [name, content] of Object.entries(files)) {
        const mode = typeof content === 'string' && content.startsWith('#!') ? 0o755 : 0o644;
        await writeFile(join(folder, name), content, { mode });
      }
      return folder;
    },
    until: async (what, probe) => {
      const attempt = async () => (await probe().catch(() => undefined)) || undefined;
      const answer = await pollUntil(attempt, { intervalMs: 100, timeoutMs: 30_000, clock });
      if (answer === undefined) throw new Error(`waited 30 s for ${what}`);
      return answer;
    },
    close: async () => {
      const ids = (await docker('ps', '-aq', '--filter', `label=${label}`)).stdout
        .split('\n')
        .filter((id) => id !== '');
      if (ids.length > 0) await docker('rm', '-fv', ...ids);
      await docker('network', 'rm', network);
      await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
}

function runArgs({ image, env = {}, mounts = {}, publish, alias, command = [] }: Start): readonly string[] {
  return [
    ...Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]),
    ...Object.entries(mounts).flatMap(([from, to]) => ['-v', `${from}:${to}:ro`]),
    ...(publish === undefined ? [] : ['-p', `127.0.0.1::${publish}`]),
    ...(alias === undefined ? [] : ['--network-alias', alias]),
    image,
    ...command,
  ];
}
