/** Subnets for the network of a server's units, in the order of preference: seldom used by people, and never routed. */
const POOL = ['172.31.240.0/24', '172.30.240.0/24', '10.213.240.0/24', '192.168.213.0/24'];

/**
 * Gives the subnets that share no neighbourhood (the first 16 bits) with an address of the fleet, in the order to try them. A bridge
 * that contains the address of another server would make that server unreachable.
 */
export function freeSubnets(hosts: readonly string[]): readonly string[] {
  const taken = new Set(hosts.map(neighbourhood));
  return POOL.filter((subnet) => !taken.has(neighbourhood(subnet)));
}

function neighbourhood(address: string): string {
  return address.split('.').slice(0, 2).join('.');
}
