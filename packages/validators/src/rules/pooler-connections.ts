import type { Finding, ServiceOfKind, Tree } from '@flotilla/model';
import { controlOf, finding, poolerUnit, unitFolder } from '@flotilla/model';

import { amountOf } from '../postgres/setting-value.ts';
import { settingOf } from '../postgres/settings.ts';
import type { TreeInput, TreeRule } from './rule.ts';
import { servicesOf } from './rule.ts';

type Pooled = ServiceOfKind<'postgres'> & { readonly pooling: NonNullable<ServiceOfKind<'postgres'>['pooling']> };

/** PostgreSQL's own values of what bounds its connections. */
const DEFAULTS = { max_connections: 100, superuser_reserved_connections: 3, reserved_connections: 0 } as const;
/** The guard keeps one connection to its engine. Without it nobody would know what the engine does. */
const OF_GUARD = 1;
/** Patroni keeps one for its loop and one for its REST interface. */
const OF_PATRONI = 2;

/**
 * The pools of all poolers together fit into the connections of the database: on the primary those for writes, and those for reads as well,
 * because they go to the primary while no replica is fit. A stream to a replica is not counted: since PostgreSQL 12 it takes none of them.
 */
export const poolerConnections: TreeRule = {
  name: 'pooler-connections',
  check: (input) =>
    servicesOf(input.environment).flatMap(([name, service]) =>
      service.kind === 'postgres' && service.pooling !== undefined
        ? excess(input, name, { ...service, pooling: service.pooling })
        : [],
    ),
};

function excess({ tree, sources }: TreeInput, service: string, definition: Pooled): readonly Finding[] {
  const budget = budgetOf(tree, service, definition);
  if (budget === undefined) return [];
  const { size } = definition.pooling;
  const databases = new Set(definition.databases).size;
  const poolers = countPoolers(tree, service);
  const pools = databases * poolers;
  if (2 * pools * size <= budget.left) return [];
  const facts = {
    ...budget,
    service,
    size,
    databases,
    poolers,
    hasReplica: definition.replicas.length > 0,
    fits: Math.floor(budget.left / (2 * pools)),
    needed: Math.ceil((2 * pools * size + budget.reserved + budget.own) / 10) * 10,
  };
  const code = pools * size > budget.left ? 'VALIDATE_POOLS_TOO_LARGE' : 'VALIDATE_POOLS_TOO_LARGE_FOR_READS';
  return [finding(code, facts, sources.valueAt(['services', service, 'pooling', 'size']))];
}

/** Gives what a database has for its pools; `undefined` for a value that PostgreSQL refuses, which is reported elsewhere. */
function budgetOf(tree: Tree, service: string, definition: Pooled) {
  const limit = rendered(tree, service, 'max_connections');
  const superusers = rendered(tree, service, 'superuser_reserved_connections');
  const others = rendered(tree, service, 'reserved_connections');
  if (limit === undefined || superusers === undefined || others === undefined) return undefined;
  const isPatroni = controlOf(definition) === 'patroni';
  const own = isPatroni ? OF_GUARD + OF_PATRONI : OF_GUARD;
  const reserved = superusers + others;
  return { limit, reserved, own, isPatroni, left: Math.max(0, limit - reserved - own) };
}

function countPoolers(tree: Tree, service: string): number {
  const unit = poolerUnit(service);
  return tree.servers.filter(({ units }) => units.some((one) => one.kind === 'pooler' && one.service === unit)).length;
}

/** Gives the least value that a member is rendered with, in either way of writing it; `undefined` when one of them is no number. */
function rendered(tree: Tree, service: string, setting: keyof typeof DEFAULTS): number | undefined {
  const line = new RegExp(`^ *${setting} *[=:] *(.*)$`, 'm');
  const known = settingOf(setting);
  const values = tree.servers.flatMap(({ files }) =>
    files.flatMap(({ path, text }) => {
      if (!path.startsWith(`${unitFolder(service)}/`) || !/\.(conf|yaml)$/.test(path)) return [];
      const written = line.exec(text)?.[1];
      return written === undefined ? [] : [written.replaceAll(/['"]/g, '')];
    }),
  );
  const amounts = values.map((value) => (known === undefined ? undefined : amountOf(known, value)));
  const numbers = amounts.filter((amount) => amount !== undefined);
  if (numbers.length < amounts.length) return undefined;
  return numbers.length === 0 ? DEFAULTS[setting] : Math.min(...numbers);
}
