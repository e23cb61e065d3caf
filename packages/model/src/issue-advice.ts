import { printDigest } from './print-digest.ts';
import { IMAGE_RULE } from './schema-fields.ts';
import type { YamlNode } from './yaml/node.ts';

const MEMBERS = 'name the preferred primary in "primary:" and the other servers in "replicas:"';
const POSTGRES_ALONE = 'remove it: pooling is PgBouncer, which stands before kind: postgres alone';
const NO_CONSENSUS =
  'MariaDB has nothing here that decides by itself: remove it or write failover: manual, or take kind: mysql, whose groups do';

/** What to write instead of a field that its kind does not have, by `<kind>.<key>`. */
const ADVICE: Readonly<Record<string, string>> = {
  'postgres.on': MEMBERS,
  'mysql.on': MEMBERS,
  'mariadb.on': MEMBERS,
  'redis.on': MEMBERS,
  'mysql.pooling': POSTGRES_ALONE,
  'mariadb.pooling': POSTGRES_ALONE,
  'redis.pooling': POSTGRES_ALONE,
  'mariadb.failover': NO_CONSENSUS,
  'mariadb.rto': NO_CONSENSUS,
  'mariadb.voters': NO_CONSENSUS,
  'redis.synchronous':
    'remove it: Redis acknowledges before a replica has the write; minReplicasToWrite: 1 stops writes while no replica is connected',
};

/** Gives what to write instead of a key, or its value, in a service of this kind; `undefined` where nothing special is to say. */
export function fieldAdvice(service: YamlNode, key: string): string | undefined {
  const kind = service.kind === 'map' ? service.entries.get('kind')?.value : undefined;
  if (kind?.kind !== 'scalar') return undefined;
  const field = `${String(kind.value)}.${key}`;
  return Object.hasOwn(ADVICE, field) ? ADVICE[field] : undefined;
}

/** Gives the commands that make the expected text of what was written; `undefined` where there are none. */
export function textAdvice(expected: string, node: YamlNode): string | undefined {
  if (expected !== IMAGE_RULE || node.kind !== 'scalar') return undefined;
  const name = /^[A-Za-z0-9][A-Za-z0-9._:/-]*/.exec(String(node.value))?.[0] ?? 'NAME:VERSION';
  return `write what this prints, in place of a digest cut short: ${printDigest(name)}`;
}
