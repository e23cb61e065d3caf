import type { Service } from '@flotilla/model';
import { finding } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

/** Every port that `public` or `open` opens is one that the service listens on. */
export const deadPorts: EnvironmentRule = {
  name: 'dead-ports',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      const listens = listeningPorts(definition);
      return openedPorts(service, definition).flatMap(({ port, field, path }) => {
        if (listens.includes(port)) return [];
        const at = field.startsWith('open') ? sources.keyAt(path) : sources.valueAt(path);
        return [finding('VALIDATE_DEAD_PORT', { service, port, field, listens }, at)];
      });
    }),
};

/** Gives the ports that a service of this kind listens on, its own port first. */
function listeningPorts(service: Service): readonly number[] {
  switch (service.kind) {
    case 'app':
    case 'nginx':
    case 'postgres':
    case 'mysql':
    case 'mariadb':
    case 'redis':
      return [service.port];
    case 'haproxy':
      return service.stats === undefined ? [service.port] : [service.port, service.stats];
    case 'worker':
      return [];
    default:
      throw new Error(`unreachable: ${String(service satisfies never)}`);
  }
}

/** Gives the ports that a service opens beyond the fleet, with the path of each. */
export function openedPorts(
  name: string,
  service: Service,
): readonly { readonly port: number; readonly field: string; readonly path: readonly (string | number)[] }[] {
  return [
    ...service.public.map((port, index) => ({
      port,
      field: `public of ${name}`,
      path: ['services', name, 'public', index],
    })),
    ...Object.keys(service.open).map((key) => ({
      port: Number(key),
      field: `open of ${name}`,
      path: ['services', name, 'open', key],
    })),
  ];
}
