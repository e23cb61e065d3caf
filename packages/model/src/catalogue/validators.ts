import { dataFindings } from './validators-data.ts';
import { mysqlFindings } from './validators-mysql.ts';
import { operationFindings } from './validators-operation.ts';
import { patroniFindings } from './validators-patroni.ts';
import { poolingFindings } from './validators-pooling.ts';
import { postgresFindings } from './validators-postgres.ts';
import { redisFindings } from './validators-redis.ts';
import { safetyFindings } from './validators-safety.ts';
import { settingsFindings } from './validators-settings.ts';

/** What the rules find. Codes are permanent. */
export const validatorFindings = {
  ...dataFindings,
  ...mysqlFindings,
  ...operationFindings,
  ...patroniFindings,
  ...poolingFindings,
  ...postgresFindings,
  ...redisFindings,
  ...safetyFindings,
  ...settingsFindings,
  VALIDATE_UNKNOWN_SERVER: {
    severity: 'error',
    title: 'A reference to a server that the environment does not have',
    message: (facts: {
      readonly suggestion?: string;
      readonly known: readonly string[];
      readonly name: string;
      readonly field: string;
    }) => `${facts.field} names the server "${facts.name}", which is not under servers`,
    hint: (facts: { readonly suggestion?: string; readonly known: readonly string[] }) => suggest(facts, 'servers'),
  },
  VALIDATE_UNKNOWN_SERVICE: {
    severity: 'error',
    title: 'A reference to a service that the environment does not have',
    message: (facts: {
      readonly suggestion?: string;
      readonly known: readonly string[];
      readonly name: string;
      readonly field: string;
    }) => `${facts.field} names the service "${facts.name}", which is not under services`,
    hint: (facts: { readonly suggestion?: string; readonly known: readonly string[] }) => suggest(facts, 'services'),
  },
  VALIDATE_UNKNOWN_BACKUP: {
    severity: 'error',
    title: 'A reference to a backup policy that the environment does not have',
    message: (facts: {
      readonly suggestion?: string;
      readonly known: readonly string[];
      readonly name: string;
      readonly field: string;
    }) => `${facts.field} names the backup policy "${facts.name}", which is not under backups`,
    hint: (facts: { readonly suggestion?: string; readonly known: readonly string[] }) => suggest(facts, 'backups'),
  },
  VALIDATE_DUPLICATE_MEMBER: {
    severity: 'error',
    title: 'A service twice on one server',
    message: (facts: { readonly service: string; readonly server: string; readonly first: string }) =>
      `${facts.service} is on ${facts.server} already (${facts.first}); a second copy there adds no safety and cannot start`,
    hint: (facts: { readonly service: string; readonly server: string }) =>
      `name another server for ${facts.service}, or remove this "${facts.server}"`,
  },
  VALIDATE_DUPLICATE_ADDRESS: {
    severity: 'error',
    title: 'Two servers with one address',
    message: (facts: { readonly server: string; readonly other: string; readonly host: string }) =>
      `${facts.server} has the address ${facts.host} of ${facts.other}, so both names are one machine`,
    hint: (facts: { readonly server: string; readonly other: string }) =>
      `give ${facts.server} its own address, or keep only one of ${facts.other} and ${facts.server}`,
  },
  VALIDATE_JUMP_CYCLE: {
    severity: 'error',
    title: 'Servers that are reached through one another',
    message: (facts: { readonly cycle: readonly string[] }) =>
      `ssh.via leads in a circle: ${facts.cycle.join(' → ')}; none of them can be reached first`,
    hint: (facts: { readonly cycle: readonly string[] }) =>
      `remove ssh.via from the server that is reached directly, for example ${facts.cycle[0] ?? ''}`,
  },
  VALIDATE_USES_CYCLE: {
    severity: 'error',
    title: 'Services that wait for one another',
    message: (facts: { readonly cycle: readonly string[] }) =>
      `uses leads in a circle: ${facts.cycle.join(' → ')}; no start order exists`,
    hint: (facts: { readonly cycle: readonly string[] }) =>
      `remove one uses of the circle, for example ${facts.cycle[1] ?? ''} from ${facts.cycle[0] ?? ''}`,
  },
  VALIDATE_ROUTE_CYCLE: {
    severity: 'error',
    title: 'Routes that lead back to where they start',
    message: (facts: { readonly cycle: readonly string[] }) =>
      `routes lead in a circle: ${facts.cycle.join(' → ')}; a request would never arrive`,
    hint: (facts: { readonly cycle: readonly string[] }) =>
      `route ${facts.cycle.at(-2) ?? ''} to the service that answers instead of ${facts.cycle.at(-1) ?? ''}`,
  },
  VALIDATE_ROUTE_TARGET: {
    severity: 'error',
    title: 'A route to a service that answers no HTTP request',
    message: (facts: {
      readonly edge: string;
      readonly prefix: string;
      readonly target: string;
      readonly why: string;
    }) => `${facts.edge} routes ${facts.prefix} to ${facts.target}, ${facts.why}`,
    hint: () => 'route to a service of kind app or nginx',
  },
  VALIDATE_USES_TARGET: {
    severity: 'error',
    title: 'A service uses one that listens on no port',
    message: (facts: { readonly service: string; readonly target: string }) =>
      `${facts.service} uses ${facts.target}, a worker, which listens on no port`,
    hint: (facts: { readonly target: string }) => `remove it from uses, or make ${facts.target} an app with a port`,
  },
  VALIDATE_ROUTED_TWICE: {
    severity: 'warning',
    title: 'One service behind two edges with the same prefix',
    message: (facts: {
      readonly edge: string;
      readonly other: string;
      readonly prefix: string;
      readonly target: string;
    }) =>
      `${facts.other} routes ${facts.prefix} to ${facts.target} as well as ${facts.edge}: sticky sessions and limits hold per edge only`,
    hint: (facts: { readonly edge: string; readonly other: string }) =>
      `let one edge own the prefix: run ${facts.edge} on more servers, and remove the route from ${facts.other}`,
  },
  VALIDATE_DEAD_PORT: {
    severity: 'error',
    title: 'An open port that nothing listens on',
    message: (facts: {
      readonly service: string;
      readonly port: number;
      readonly field: string;
      readonly listens: readonly number[];
    }) =>
      `${facts.field} opens port ${facts.port}, but ${facts.service} listens ${facts.listens.length === 0 ? 'on none' : `on ${facts.listens.join(', ')}`}`,
    hint: (facts: { readonly port: number; readonly listens: readonly number[] }) =>
      facts.listens.length === 0
        ? `remove ${facts.port}`
        : `remove ${facts.port}, or write ${facts.listens.join(' or ')}`,
  },
} as const;

function suggest(facts: { readonly suggestion?: string; readonly known: readonly string[] }, what: string): string {
  if (facts.suggestion !== undefined) return `did you mean "${facts.suggestion}"?`;
  if (facts.known.length === 0) return `declare it under ${what}`;
  const shown = facts.known.slice(0, 20);
  const more = facts.known.length - shown.length;
  return `known ${what}: ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
