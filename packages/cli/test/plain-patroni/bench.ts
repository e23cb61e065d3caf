import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pollUntil, spawnRunner, systemClock } from '@flotilla/exec';
import { buildImages } from '@flotilla/images';

import { balancerConfig, MEMBERS, patroniConfig } from './config.ts';
import type { Member } from './config.ts';

/** Two members of a plain Patroni, their etcd and a balancer, in containers of one network. */
export type PlainBench = {
  /** Address of the balancer. */
  readonly balancer: string;
  leader(): Promise<Member | undefined>;
  /** Runs a command in a member's container; its output. Throws when it fails. */
  inside(member: Member, argv: readonly string[]): Promise<string>;
  /** Ends all of a member's processes at once, as a loss of power does. */
  cutPower(member: Member): Promise<void>;
  close(): Promise<void>;
};

const runner = spawnRunner();
const clock = systemClock();

async function docker(...argv: readonly string[]): Promise<string> {
  const result = await runner.run({ argv: ['docker', ...argv], timeoutMs: 60_000 });
  if (result.exitCode !== 0) throw new Error(`docker ${argv.join(' ')}: ${result.stderr.trim()}`);
  return result.stdout.trim();
}

/** Starts the bench and waits until one member leads and the other streams. Leaves nothing behind when it fails. */
export async function openPlainBench(): Promise<PlainBench> {
  const folder = await mkdtemp(join(tmpdir(), 'flotilla-plain-'));
  const id = `plain-patroni-${process.pid}`;
  const name = (part: string) => `${id}-${part}`;
  const close = async () => {
    const ids = await docker('ps', '-aq', '--filter', `label=flotilla.test-run=${id}`);
    if (ids !== '') await docker('rm', '-fv', ...ids.split('\n'));
    await docker('network', 'rm', id).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  };
  const inside = (member: Member, argv: readonly string[]) => docker('exec', '-u', 'postgres', name(member), ...argv);
  const leader = () => leaderOf(inside);
  try {
    await startAll({ folder, id, name });
    const isWhole = async () =>
      (await members(inside)).filter(({ State }) => State === 'streaming').length === 1 ? true : undefined;
    const whole = await pollUntil(isWhole, { intervalMs: 500, timeoutMs: 90_000, clock });
    if (whole === undefined) throw new Error('the plain cluster does not stream');
    const balancer = await docker(
      'inspect',
      '-f',
      '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}',
      name('balancer'),
    );
    return { balancer, leader, inside, close, cutPower: async (member) => void (await docker('kill', name(member))) };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

type Start = { readonly folder: string; readonly id: string; readonly name: (part: string) => string };

async function startAll({ folder, id, name }: Start): Promise<void> {
  await chmod(folder, 0o755);
  const [patroni, etcd, haproxy] = await buildImages({
    runner,
    names: ['patroni', 'etcd', 'haproxy'],
    cacheDir: join(folder, 'images'),
  });
  if (!patroni || !etcd || !haproxy) throw new Error('the builder gives one image per request');
  await docker('network', 'create', id);
  const start = (part: string, ...rest: readonly string[]) =>
    docker(
      'run',
      '-d',
      '--name',
      name(part),
      '--network',
      id,
      '--network-alias',
      part,
      '--label',
      'flotilla.test=1',
      '--label',
      `flotilla.test-run=${id}`,
      ...rest,
    );
  const urls = ['ETCD_LISTEN_CLIENT_URLS=http://0.0.0.0:2379', 'ETCD_ADVERTISE_CLIENT_URLS=http://etcd:2379'];
  await start('etcd', ...urls.flatMap((url) => ['-e', url]), etcd.tag);
  for (const member of MEMBERS) {
    await writeFile(join(folder, `${member}.yaml`), patroniConfig(member));
    const data = [
      '-e',
      'PGDATA=/var/lib/postgresql/data/pgdata',
      '-v',
      `${join(folder, `${member}.yaml`)}:/patroni.yaml:ro`,
    ];
    await start(member, '--init', ...data, patroni.tag, 'patroni', '/patroni.yaml');
  }
  await writeFile(join(folder, 'haproxy.cfg'), balancerConfig());
  await start('balancer', '-v', `${join(folder, 'haproxy.cfg')}:/usr/local/etc/haproxy/haproxy.cfg:ro`, haproxy.tag);
}

type Listed = { readonly Member: Member; readonly Role: string; readonly State: string };

/** What the first member that answers says of both; empty when none does. */
async function members(inside: PlainBench['inside']): Promise<readonly Listed[]> {
  for (const member of MEMBERS) {
    const text = await inside(member, ['patronictl', '-c', '/patroni.yaml', 'list', '-f', 'json']).catch(() => '');
    // The shape of Patroni's own list, which it documents.
    if (text !== '') return JSON.parse(text) as readonly Listed[];
  }
  return [];
}

async function leaderOf(inside: PlainBench['inside']): Promise<Member | undefined> {
  return (await members(inside)).find(({ Role }) => Role === 'Leader')?.Member;
}
