import type { Finding } from '@flotilla/model';
import { finding } from '@flotilla/model';

import { findCycles } from '../cycles.ts';
import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { routesOf, servicesOf, usesOf } from './rule.ts';

type Edge = { readonly to: string; readonly path: readonly (string | number)[] };
type CycleCode = 'VALIDATE_JUMP_CYCLE' | 'VALIDATE_USES_CYCLE' | 'VALIDATE_ROUTE_CYCLE';

/** Nothing waits for itself: neither `uses`, nor `routes`, nor `ssh.via` leads in a circle. */
export const cycles: EnvironmentRule = {
  name: 'cycles',
  check: (input) => {
    const services = servicesOf(input.environment);
    const uses = services.map(([name, service]): [string, Edge[]] => [
      name,
      usesOf(name, service).map((use) => ({ to: use.service, path: use.path })),
    ]);
    const routes = services.map(([name, service]): [string, Edge[]] => [
      name,
      routesOf(name, service).map((route) => ({ to: route.target, path: route.path })),
    ]);
    const jumps = Object.entries(input.environment.servers).map(([server, { ssh }]): [string, Edge[]] => [
      server,
      ssh?.via === undefined ? [] : [{ to: ssh.via, path: ['servers', server, 'ssh', 'via'] }],
    ]);
    return [
      ...circles(input, 'VALIDATE_JUMP_CYCLE', new Map(jumps)),
      ...circles(input, 'VALIDATE_USES_CYCLE', new Map(uses)),
      ...circles(input, 'VALIDATE_ROUTE_CYCLE', new Map(routes)),
    ];
  },
};

function circles(input: EnvironmentInput, code: CycleCode, graph: ReadonlyMap<string, readonly Edge[]>): Finding[] {
  const names = new Map([...graph].map(([name, edges]) => [name, edges.map((edge) => edge.to)] as const));
  return findCycles(names).map((cycle) => {
    const closing = graph.get(cycle.at(-2) ?? '')?.find((edge) => edge.to === cycle.at(-1));
    return finding(code, { cycle }, input.sources.valueAt(closing?.path ?? []));
  });
}
