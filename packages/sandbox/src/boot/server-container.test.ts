import { describe, expect, it } from 'vitest';

import { createServer } from './server-container.ts';

const SERVER = {
  environment: 'waybill',
  server: 'db1',
  address: '172.18.0.14',
  sshPort: 22,
  registryAddress: '172.18.0.2',
  image: 'flotilla/server:1f2e',
} as const;

describe('createServer', () => {
  it('keeps a server off that lost its power', () => {
    expect(createServer({ ...SERVER, cgroupVersion: '1' })).toContain('--restart=no');
  });

  it('asks for no right that an unprivileged machine cannot give, on the old cgroups', () => {
    const args = createServer({ ...SERVER, cgroupVersion: '1' });
    expect(args).not.toContain('--privileged');
    expect(args).toContain('--cap-drop=SYS_RESOURCE');
  });

  it('gives a server cgroups of its own where the kernel can', () => {
    const args = createServer({ ...SERVER, cgroupVersion: '2' });
    expect(args).toContain('--cgroupns=private');
    expect(args.join(' ')).not.toContain('/sys/fs/cgroup');
  });

  it('labels the volume, so that it is found without its container', () => {
    expect(createServer({ ...SERVER, cgroupVersion: '1' })).toContain(
      '--mount=type=volume,destination=/var/lib/docker,volume-label=flotilla.sandbox=waybill',
    );
  });
});
