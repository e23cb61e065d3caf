import type { Reply } from '@flotilla/exec';
import { recordingRunner } from '@flotilla/exec';
import { describe, expect, it } from 'vitest';

import { ensureNetwork } from './network.ts';

/** An engine whose networks are these; `taken` subnets are refused when they are named. */
function engine(networks: Map<string, string>, taken: readonly string[] = []) {
  return recordingRunner(({ argv }): Reply => {
    const verb = argv[2];
    const name = argv.at(-1) ?? '';
    if (verb === 'inspect') {
      const subnet = networks.get(name);
      return subnet === undefined ? { exitCode: 1 } : { stdout: `${subnet} fd00::/64 \n` };
    }
    if (verb === 'rm') return { exitCode: networks.delete(name) ? 0 : 1 };
    const subnet = argv.includes('--subnet') ? (argv[argv.indexOf('--subnet') + 1] ?? '') : '172.18.0.0/16';
    if (argv.includes('--subnet') && taken.includes(subnet)) return { exitCode: 1, stderr: 'Pool overlaps' };
    networks.set(name, subnet);
    return {};
  });
}

describe('ensureNetwork', () => {
  it('writes down the subnet that Docker chose, and leaves no probe', async () => {
    const networks = new Map<string, string>();
    const runner = engine(networks);
    expect(await ensureNetwork(runner, 'waybill')).toBe('172.18.0.0/16');
    expect(networks).toEqual(new Map([['flotilla-waybill-sandbox', '172.18.0.0/16']]));
    expect(runner.commands.map(({ argv }) => argv.slice(2).join(' '))).toContain(
      'create --subnet 172.18.0.0/16 --label flotilla.sandbox=waybill flotilla-waybill-sandbox',
    );
  });

  it('takes the network that is there', async () => {
    const runner = engine(new Map([['flotilla-waybill-sandbox', '192.168.16.0/20']]));
    expect(await ensureNetwork(runner, 'waybill')).toBe('192.168.16.0/20');
    expect(runner.commands).toHaveLength(1);
  });

  it('removes the probe that a broken run left', async () => {
    const networks = new Map([['flotilla-waybill-sandbox-probe', '172.30.0.0/16']]);
    expect(await ensureNetwork(engine(networks), 'waybill')).toBe('172.18.0.0/16');
    expect([...networks.keys()]).toEqual(['flotilla-waybill-sandbox']);
  });

  it('gives up when others take every subnet first', async () => {
    const failing = ensureNetwork(engine(new Map(), ['172.18.0.0/16']), 'waybill');
    await expect(failing).rejects.toMatchObject({ code: 'SANDBOX_NO_SUBNET' });
  });
});
