import type { Reply } from '@flotilla/exec';
import { recordingRunner } from '@flotilla/exec';
import { describe, expect, it } from 'vitest';

import { pushImages } from './push.ts';
import { pushToRegistry } from './registry.ts';

const image = (name: string) => ({ name, tag: `flotilla/${name}:1f2e` });
const digestOf = (name: string) => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0')}`;

/** An engine that pushes; the digest tells the repository. */
function engine(failing?: string) {
  return recordingRunner(({ argv }): Reply => {
    if (argv[1] !== 'push') return {};
    const name = /\/([^:]+):/.exec(argv[2] ?? '')?.[1] ?? '';
    if (name === failing) return { exitCode: 1, stderr: 'connection refused' };
    return { stdout: `1f2e: digest: ${digestOf(name)} size: 1234\n` };
  });
}

describe('pushToRegistry', () => {
  it('gives the reference by the digest that the registry says, and leaves no tag', async () => {
    const runner = engine();
    const reference = await pushToRegistry(runner, { port: 4000, name: 'nginx', localTag: 'flotilla/nginx:1f2e' });
    expect(reference).toBe(`registry:5000/nginx@${digestOf('nginx')}`);
    expect(runner.commands.map(({ argv }) => argv.slice(1).join(' '))).toEqual([
      'tag flotilla/nginx:1f2e 127.0.0.1:4000/nginx:1f2e',
      'push 127.0.0.1:4000/nginx:1f2e',
      'rmi --no-prune 127.0.0.1:4000/nginx:1f2e',
    ]);
  });

  it('says which image did not arrive', async () => {
    const failing = pushToRegistry(engine('nginx'), { port: 4000, name: 'nginx', localTag: 'flotilla/nginx:1f2e' });
    await expect(failing).rejects.toMatchObject({ code: 'SANDBOX_PUSH_FAILED' });
  });
});

describe('pushImages', () => {
  it('pushes an image once, whoever uses it', async () => {
    const runner = engine();
    const references = new Map([
      ['haproxy:3', image('haproxy')],
      ['example/app:1', image('app')],
    ]);
    const own = {
      server: image('server'),
      registry: image('registry'),
      guard: image('guard'),
      endpoint: image('haproxy'),
    };
    expect(await pushImages(runner, 4000, { ...own, references })).toEqual({
      guard: `registry:5000/guard@${digestOf('guard')}`,
      endpoint: `registry:5000/haproxy@${digestOf('haproxy')}`,
      references: new Map([
        ['haproxy:3', `registry:5000/haproxy@${digestOf('haproxy')}`],
        ['example/app:1', `registry:5000/app@${digestOf('app')}`],
      ]),
    });
    expect(runner.commands.filter(({ argv }) => argv[1] === 'push')).toHaveLength(3);
  });
});
