/** Where the registry and the first server stand inside a subnet, counted from its first address. */
const REGISTRY_OFFSET = 2;
const FIRST_SERVER_OFFSET = 11;

/** Gives the registry's address in a subnet such as `172.18.0.0/16`. */
export function registryAddress(subnet: string): string {
  return addressAt(subnet, REGISTRY_OFFSET);
}

/**
 * Gives every server an address inside `subnet`. A server in `taken` keeps its own; the others get the lowest free ones, in
 * the order of `servers`.
 */
export function assignAddresses(
  subnet: string,
  servers: readonly string[],
  taken: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const assigned = new Map(servers.flatMap((name) => pair(name, taken.get(name))));
  const used = new Set(taken.values());
  let offset = FIRST_SERVER_OFFSET;
  for (const name of servers) {
    if (assigned.has(name)) continue;
    while (used.has(addressAt(subnet, offset))) offset += 1;
    assigned.set(name, addressAt(subnet, offset));
    used.add(addressAt(subnet, offset));
  }
  return assigned;
}

/** The networks of a server's own engine: its bridge and what it makes networks from. */
export type InnerNetworks = { readonly bridge: string; readonly pool: string };

/**
 * Gives the networks for the engine inside the server at `address`. They overlap neither the sandbox's subnet nor those of
 * another server, so that a container's address tells which server it runs on.
 */
export function innerNetworks(subnet: string, address: string): InnerNetworks {
  const index = toNumber(address) - addressNumber(subnet, FIRST_SERVER_OFFSET);
  const first = subnet.startsWith('10.') && Number(subnet.split('.')[1]) >= 128 ? 32 : 160;
  const second = first + (index % 64);
  return { bridge: `10.${second}.0.1/24`, pool: `10.${second}.128.0/17` };
}

function pair(name: string, address: string | undefined): [string, string][] {
  return address === undefined ? [] : [[name, address]];
}

function addressAt(subnet: string, offset: number): string {
  const value = addressNumber(subnet, offset);
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}

function addressNumber(subnet: string, offset: number): number {
  return toNumber(subnet.split('/')[0] ?? '') + offset;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
