import type { RenderedFile } from '@flotilla/model';

import type { Fleet } from '../fleet.ts';

/** Gives `daemon.json` for the Docker engine of every server: address pools away from the fleet's networks, bounded logs. */
export function daemonFile(fleet: Fleet): RenderedFile {
  const settings = {
    'default-address-pools': [{ base: addressPool(fleet), size: 24 }],
    // Containers outlive a restart of the engine, so that this file can change without an outage.
    'live-restore': true,
    'log-driver': 'json-file',
    'log-opts': { 'max-file': '3', 'max-size': '10m' },
  };
  return { path: 'host/daemon.json', text: `${JSON.stringify(settings, null, 2)}\n`, mode: 0o644, effect: 'host' };
}

/** Gives the first private /16 that no server and no admitted network lies in. */
function addressPool(fleet: Fleet): string {
  const taken = [...new Set([...fleet.hosts.values(), ...admittedNetworks(fleet)])].flatMap((text) => {
    const network = parseNetwork(text);
    return network === undefined ? [] : [network];
  });
  const overlaps = (base: number) =>
    taken.some(({ start, bits }) => {
      const shared = 32 - Math.min(bits, 16);
      return start >>> shared === base >>> shared;
    });
  const second = CANDIDATES.find((octet) => !overlaps(((10 << 24) | (octet << 16)) >>> 0)) ?? CANDIDATES[0];
  return `10.${second}.0.0/16`;
}

const CANDIDATES = Array.from({ length: 54 }, (_, index) => 201 + index);

function admittedNetworks(fleet: Fleet): readonly string[] {
  return [...fleet.services.values()].flatMap((service) => Object.values(service.open).flatMap(({ from }) => from));
}

/** IPv6 cannot overlap these pools and is left out; so is `0.0.0.0/0`, which overlaps every pool. */
function parseNetwork(text: string): { readonly start: number; readonly bits: number } | undefined {
  const [address = '', bits = '32'] = text.split('/');
  const octets = address.split('.').map(Number);
  if (octets.length !== 4 || bits === '0') return undefined;
  return { start: octets.reduce((sum, octet) => sum * 256 + octet, 0), bits: Number(bits) };
}
