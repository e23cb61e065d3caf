import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { recordingRunner } from '@flotilla/exec';
import type { Command, RecordingRunner } from '@flotilla/exec';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { buildImages } from './build.ts';
import type { BuildProgress, BuiltImage } from './build.ts';
import type { ImageRequest } from './names.ts';

let cacheDir: string;

beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'flotilla-build-'));
});

afterEach(async () => {
  await rm(cacheDir, { recursive: true, force: true });
});

/** An engine that remembers the tags it built. `failing` is the name of an image whose build fails. */
function engine(failing?: string): RecordingRunner {
  const images = new Set<string>(['debian:trixie-slim']);
  return recordingRunner(({ argv }) => {
    const [, verb, noun] = argv;
    if (verb === 'info') return {};
    if (verb === 'image' && noun === 'inspect') {
      return images.has(argv.at(-1) ?? '') ? { stdout: 'sha256:abc 1000\n' } : { exitCode: 1 };
    }
    const tag = argv[argv.indexOf('--tag') + 1] ?? '';
    if (tag.startsWith(`flotilla/${failing}:`))
      return { exitCode: 1, stdout: 'Step 2/3\n', stderr: 'E: no such package' };
    images.add(tag);
    return {};
  });
}

function builds(runner: RecordingRunner): readonly Command[] {
  return runner.commands.filter(({ argv }) => argv[1] === 'build');
}

async function build(runner: RecordingRunner, ...names: readonly ImageRequest[]): Promise<readonly BuiltImage[]> {
  return await buildImages({ runner, names, cacheDir });
}

describe('buildImages', () => {
  it('builds what two images stand on once, before them, and leaves no context behind', async () => {
    const runner = engine();
    const images = await build(runner, 'nginx', 'haproxy');
    expect(images.map(({ name }) => name)).toEqual(['nginx', 'haproxy']);
    const tags = builds(runner).map(({ argv }) => argv[argv.indexOf('--tag') + 1]?.split(':')[0]);
    expect(tags[0]).toBe('flotilla/base');
    expect(new Set(tags.slice(1))).toEqual(new Set(['flotilla/haproxy', 'flotilla/nginx']));
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it('does not build again what is there', async () => {
    const runner = engine();
    const first = await build(runner, 'nginx');
    const before = builds(runner).length;
    const progress: BuildProgress[] = [];
    const second = await buildImages({ runner, names: ['nginx'], cacheDir, onProgress: (step) => progress.push(step) });
    expect(second).toEqual(first);
    expect(builds(runner)).toHaveLength(before);
    expect(progress.map(({ kind }) => kind)).toEqual(['cached', 'cached']);
  });

  it('tells releases of the demo application apart, a broken one too', async () => {
    const release = { name: 'waybill', version: '4.2.1' } as const;
    const images = await build(engine(), 'waybill', release, { ...release, broken: true });
    expect(new Set(images.map(({ tag }) => tag)).size).toBe(3);
  });

  it('tells releases of the lab’s client apart, and has one for its bare name', async () => {
    const runner = engine();
    const [bare, first, second] = await build(
      runner,
      'ledger',
      { name: 'ledger', version: '1.0.0' },
      { name: 'ledger', version: '1.0.1' },
    );
    expect(bare?.tag).toBe(first?.tag);
    expect(second?.tag).not.toBe(first?.tag);
    expect(builds(runner).flatMap(({ argv }) => argv)).toEqual(
      expect.arrayContaining(['RELEASE=1.0.0', 'RELEASE=1.0.1']),
    );
  });

  it('builds Patroni on the postgres image', async () => {
    const runner = engine();
    const [postgres] = await build(runner, 'postgres');
    await build(runner, 'patroni');
    expect(builds(runner).at(-1)?.argv).toContain(`PARENT=${postgres?.tag}`);
  });

  it('says which image failed and what the engine said', async () => {
    const failure = build(engine('nginx'), 'haproxy', 'nginx');
    await expect(failure).rejects.toMatchObject({ code: 'IMAGES_BUILD_FAILED' });
    await expect(failure).rejects.toThrow(/flotilla\/nginx:.*no such package/s);
  });

  it('says that no engine answers before it does anything', async () => {
    const runner = recordingRunner(() => ({ exitCode: 1, stderr: 'Cannot connect' }));
    await expect(build(runner, 'nginx')).rejects.toMatchObject({ code: 'IMAGES_NO_ENGINE' });
    expect(runner.commands).toHaveLength(1);
  });
});
