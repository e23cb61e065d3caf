import { describe, expect, it } from 'vitest';

import type { ServerFacts } from './server-files.ts';
import { serverFiles } from './server-files.ts';

const FACTS: ServerFacts = {
  publicKey: 'ssh-ed25519 AAAA flotilla-sandbox',
  sshPort: 22,
  networks: { bridge: '10.160.0.1/24', pool: '10.160.128.0/17' },
};

function textOf(facts: ServerFacts, path: string): string {
  const file = serverFiles(facts).find((other) => other.path === path);
  if (file?.kind !== 'text') throw new Error(`no text ${path}`);
  return file.text;
}

describe('serverFiles', () => {
  it('keeps the containers of a server below its own cgroup', () => {
    expect(JSON.parse(textOf({ ...FACTS, cgroup: '/docker/1f2e' }, 'etc/docker/daemon.json'))).toEqual({
      'insecure-registries': ['registry:5000'],
      bip: '10.160.0.1/24',
      'default-address-pools': [{ base: '10.160.128.0/17', size: 24 }],
      'cgroup-parent': '/docker/1f2e/containers',
    });
  });

  it('names no cgroup where the server has a namespace of its own', () => {
    expect(JSON.parse(textOf(FACTS, 'etc/docker/daemon.json'))).not.toHaveProperty('cgroup-parent');
  });

  it('listens where the environment says', () => {
    expect(textOf({ ...FACTS, sshPort: 2222 }, 'etc/ssh/sshd_config.d/00-sandbox.conf')).toContain('\nPort 2222\n');
  });

  it('lets nobody but root read who may log in', () => {
    expect(serverFiles(FACTS)).toContainEqual({
      kind: 'text',
      path: 'root/.ssh/authorized_keys',
      text: 'ssh-ed25519 AAAA flotilla-sandbox\n',
      mode: 0o600,
    });
  });

  it('keeps systemd from setting what belongs to the kernel of this machine', () => {
    expect(serverFiles(FACTS)).toContainEqual({ kind: 'mask', path: 'etc/systemd/system/systemd-sysctl.service' });
  });

  it('is sorted by path', () => {
    const paths = serverFiles(FACTS).map(({ path }) => path);
    expect(paths).toEqual(paths.toSorted());
  });
});
