import { recordingFleet } from '@flotilla/exec';
import { expect, it } from 'vitest';

import { bootstrapServer } from './bootstrap.ts';
import { freeSubnets } from './subnets.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA maria@example';

function first(publicKey: string, stdout = '') {
  const fleet = recordingFleet({ environment: 'waybill', hosts: { app1: '192.0.2.1' }, script: () => ({ stdout }) });
  const options = { server: fleet.server('app1'), environment: 'waybill', user: 'flotilla', hosts: ['192.0.2.1'] };
  return { fleet, report: bootstrapServer({ ...options, publicKey }) };
}

it('says what it changed and which keys the server has', async () => {
  const { report } = first(KEY, 'changed user flotilla\nother words\nhostkey 256 SHA256:x (ED25519)\n');
  expect(await report).toEqual({ server: 'app1', changes: ['user flotilla'], hostKeys: ['256 SHA256:x (ED25519)'] });
});

it('works as root or through sudo, with values as arguments', async () => {
  const { fleet, report } = first(`${KEY}\n`);
  await report;
  const argv = fleet.commands[0]?.command.argv ?? [];
  expect(argv[2]).toContain('sudo -n');
  expect(argv.slice(8, 12)).toEqual(['waybill', 'flotilla', KEY, 'flotilla']);
});

it.each(['', 'not a key', `${KEY}\nssh-ed25519 AAAA another`, 'command="x" ssh-ed25519 AAAA'])(
  'refuses %j as a public key before it connects',
  async (key) => {
    const { fleet, report } = first(key);
    await expect(report).rejects.toMatchObject({ code: 'DEPLOY_BOOTSTRAP_FAILED' });
    expect(fleet.commands).toEqual([]);
  },
);

it('keeps the network of the units away from the addresses of the fleet', () => {
  expect(freeSubnets(['192.0.2.1'])).toHaveLength(4);
  expect(freeSubnets(['172.31.240.9', '10.213.0.1'])).toEqual(['172.30.240.0/24', '192.168.213.0/24']);
});
