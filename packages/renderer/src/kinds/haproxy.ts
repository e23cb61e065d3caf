import { unitFolder } from '@flotilla/model';
import type { Health, ProbeSpec, ServiceOfKind } from '@flotilla/model';

import { configMount } from '../compose.ts';
import { draftDeclared } from '../declared.ts';
import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';
import { containerGate, serviceGate } from '../gates.ts';
import { HAPROXY_COMMAND, HAPROXY_RELOAD } from '../haproxy-process.ts';
import { innerAddress, LOOPBACK, publishPorts } from '../publishes.ts';
import type { Publish } from '../publishes.ts';
import { haproxyConfig, RUNTIME_PORT, STATS_PATH } from './haproxy-config.ts';

const STATS_HEALTH: Health = { http: STATS_PATH, interval: 1_000, timeout: 2_000, fall: 3, rise: 2, grace: 30_000 };

/** Gives the unit of an edge: HAProxy with one backend per routed service and its runtime API on the server's loopback. */
export function draftHaproxy(fleet: Fleet, place: Place, service: ServiceOfKind<'haproxy'>): UnitDraft {
  const { port, stats } = service;
  const publishes = publishPorts(service, [
    { port, containerPort: port, address: innerAddress(fleet, place, true) },
    { port: RUNTIME_PORT, containerPort: RUNTIME_PORT, address: LOOPBACK },
    ...(stats === undefined ? [] : [{ port: stats, containerPort: stats, address: LOOPBACK }]),
  ]);
  return draftDeclared(
    fleet,
    { place, service },
    {
      tier: 'edge',
      publishes,
      gates: [gateOf(publishes, stats)],
      container: { command: HAPROXY_COMMAND, mounts: [configMount(fleet, place.service)] },
      files: [
        {
          path: `${unitFolder(place.service)}/haproxy.cfg`,
          text: haproxyConfig(fleet, place, service),
          mode: 0o644,
          effect: 'reload',
        },
      ],
      reload: HAPROXY_RELOAD,
    },
  );
}

/** A path behind the edge would judge what it routes to, which may not be deployed yet; its own page judges the edge. */
function gateOf(publishes: readonly Publish[], stats: number | undefined): ProbeSpec {
  return stats === undefined ? containerGate() : serviceGate(publishes, stats, STATS_HEALTH);
}
