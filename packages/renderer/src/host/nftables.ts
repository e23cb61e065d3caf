import { compareText, GUARD_PORT, isDatabase } from '@flotilla/model';
import type { RenderedFile, Service, ServiceUnit } from '@flotilla/model';

import { placedOn } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { EVERYWHERE, LOOPBACK, remoteCallers } from '../publishes.ts';
import { headerLine, joinLines } from '../text.ts';

/** Who may reach one port; `undefined` is the world. */
type Opening = { readonly port: number; readonly from: readonly string[] | undefined; readonly why: string };

/**
 * Gives `nftables.conf` of one server: a table of our own that replaces only itself. Docker forwards what it publishes past
 * the input chain, so one set of openings, by the port that the client asked for, serves both ways in.
 */
export function nftablesFile(fleet: Fleet, server: string, units: readonly ServiceUnit[]): RenderedFile {
  const openings = [...guardOpening(fleet, units), ...units.flatMap((unit) => unitOpenings(fleet, unit))];
  const text = joinLines([
    '#!/usr/sbin/nft -f',
    headerLine(fleet.environment.environment, `host layer of ${server}`),
    'table inet flotilla',
    'delete table inet flotilla',
    'table inet flotilla {',
    '  chain openings {',
    ...openings.sort((left, right) => left.port - right.port).flatMap(openingLines),
    '  }',
    '',
    ...inputChain(fleet.environment.servers[server]?.ssh.port ?? 22),
    '',
    ...FORWARD_CHAIN,
    '}',
  ]);
  return { path: 'host/nftables.conf', text, mode: 0o644, effect: 'host' };
}

function guardOpening(fleet: Fleet, units: readonly ServiceUnit[]): readonly Opening[] {
  if (!units.some((unit) => unit.kind === 'guard')) return [];
  return [{ port: GUARD_PORT, from: everyHost(fleet), why: 'guard' }];
}

function unitOpenings(fleet: Fleet, unit: ServiceUnit): readonly Opening[] {
  const service = fleet.services.get(unit.service);
  const published = unit.publishes.filter(({ address }) => address !== LOOPBACK);
  // What is derived and published serves the fleet itself.
  if (service === undefined) return published.map(({ port }) => ({ port, from: everyHost(fleet), why: unit.service }));
  return published.flatMap(({ port, address }) => {
    const from = service.public.includes(port) ? undefined : sourcesOf(fleet, unit, { service, port });
    return from === undefined || from.length > 0 || address === EVERYWHERE ? [{ port, from, why: unit.service }] : [];
  });
}

function everyHost(fleet: Fleet): readonly string[] {
  return [...fleet.hosts.values()];
}

/** The networks that `open` names, and the addresses of the fleet that need the service's own port. */
function sourcesOf(
  fleet: Fleet,
  unit: Pick<Place, 'service' | 'server'>,
  { service, port }: { readonly service: Service; readonly port: number },
): readonly string[] {
  const named = Object.hasOwn(service.open, port) ? (service.open[port]?.from ?? []) : [];
  if (!('port' in service)) return named;
  // The members and the voters of an automatic database speak through ports of their own.
  if (service.port !== port) return isDatabase(service) ? [...named, ...everyHost(fleet)] : named;
  const members = isDatabase(service) ? [...placedOn(fleet, unit.service)] : [];
  const servers = new Set([...remoteCallers(fleet, unit), ...members.filter((member) => member !== unit.server)]);
  return [...named, ...[...servers].map((server) => fleet.hosts.get(server) ?? '')];
}

function openingLines({ port, from, why }: Opening): readonly string[] {
  const match = `ct original proto-dst ${port}`;
  if (from === undefined) return [`    meta l4proto tcp ${match} accept comment "${why}"`];
  const families = [
    ['ip', from.filter((source) => !source.includes(':'))],
    ['ip6', from.filter((source) => source.includes(':'))],
  ] as const;
  return families.flatMap(([family, sources]) =>
    sources.length === 0
      ? []
      : [
          `    meta l4proto tcp ${match} ${family} saddr { ${[...new Set(sources)].sort(compareText).join(', ')} } accept comment "${why}"`,
        ],
  );
}

function inputChain(sshPort: number): readonly string[] {
  return [
    '  chain input {',
    '    type filter hook input priority filter; policy drop;',
    '    ct state established,related accept',
    '    ct state invalid drop',
    '    iif lo accept',
    '    meta l4proto { icmp, ipv6-icmp } accept',
    '    udp dport { 68, 546 } accept comment "DHCP"',
    `    tcp dport ${sshPort} accept comment "SSH"`,
    '    iifname "docker0" accept',
    '    iifname "br-*" accept comment "containers of this server"',
    '    jump openings',
    '  }',
  ];
}

const FORWARD_CHAIN = [
  '  chain forward {',
  '    type filter hook forward priority filter; policy accept;',
  '    ct state established,related accept',
  '    iifname "docker0" accept',
  '    iifname "br-*" accept comment "containers of this server"',
  '    oifname "docker0" jump openings',
  '    oifname "br-*" jump openings',
  '    oifname "docker0" drop',
  '    oifname "br-*" drop',
  '  }',
];
