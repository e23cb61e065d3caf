import type { Finding, ServiceOfKind } from '@flotilla/model';
import { finding } from '@flotilla/model';

import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

/** Port of the runtime API of every edge; the renderer fixes it. */
export const RUNTIME_PORT = 9999;

/** An edge listens once on each of its ports: its own, the statistics page and the runtime API. */
export const edgePorts: EnvironmentRule = {
  name: 'edge-ports',
  check: (input) =>
    servicesOf(input.environment).flatMap(([service, definition]) =>
      definition.kind === 'haproxy' ? check(input, service, definition) : [],
    ),
};

function check(
  { sources }: EnvironmentInput,
  service: string,
  { port, stats }: ServiceOfKind<'haproxy'>,
): readonly Finding[] {
  const shared = (field: 'port' | 'stats', number: number, other: string) =>
    finding(
      'VALIDATE_EDGE_PORT',
      { service, port: number, field, other },
      sources.valueAt(['services', service, field]),
    );
  return [
    ...(port === RUNTIME_PORT ? [shared('port', port, 'its runtime API')] : []),
    ...(stats === RUNTIME_PORT ? [shared('stats', stats, 'its runtime API')] : []),
    ...(stats !== undefined && stats === port ? [shared('stats', stats, 'its own port')] : []),
  ];
}
