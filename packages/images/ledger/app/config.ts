import { hostname } from 'node:os';

/** Where something listens. */
export type Address = { readonly host: string; readonly port: number };

/** A database that speaks SQL. Writes go to `port`, reads to `readPort` of the same host. */
export type SqlConfig = Address & {
  readonly kind: 'postgres' | 'mysql' | 'mariadb';
  readonly readPort: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
};

/** A Redis behind an address that follows the roles. */
export type RedisConfig = Address & {
  readonly kind: 'redis';
  readonly readPort: number;
  readonly password: string | undefined;
};

/** A Redis that Sentinels are asked for. */
export type SentinelConfig = {
  readonly kind: 'sentinel';
  readonly sentinels: readonly Address[];
  /** Name under which the Sentinels watch the primary. */
  readonly master: string;
  readonly password: string | undefined;
};

export type DatabaseConfig = SqlConfig | RedisConfig | SentinelConfig;

/** What the application is told by its environment. */
export type Config = {
  readonly port: number;
  /** Name shown as the server that answered. */
  readonly server: string;
  readonly release: string;
  readonly database: DatabaseConfig;
};

type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_PORTS = { postgres: 5432, mysql: 3306, mariadb: 3306, redis: 6379 } as const;
const SENTINEL_PORT = 26379;

/** Gives the configuration in the environment variables. Throws an `Error` that names the variable which is missing or wrong. */
export function readConfig(env: Environment): Config {
  return {
    port: portIn(env, 'PORT', 8080),
    server: env['SERVER_NAME'] ?? hostname(),
    release: env['RELEASE'] ?? 'dev',
    database: readDatabase(env),
  };
}

function readDatabase(env: Environment): DatabaseConfig {
  const kind = required(env, 'DB_KIND');
  switch (kind) {
    case 'postgres':
    case 'mysql':
    case 'mariadb': {
      const [database, user] = [required(env, 'DB_DATABASE'), required(env, 'DB_USERNAME')];
      return { kind, ...addressIn(env, kind), database, user, password: env['DB_PASSWORD'] ?? '' };
    }
    case 'redis': {
      const password = env['DB_PASSWORD'] || undefined;
      const sentinels = sentinelsIn(env);
      if (sentinels.length === 0) return { kind, ...addressIn(env, kind), password };
      return { kind: 'sentinel', sentinels, master: required(env, 'DB_SENTINEL_MASTER'), password };
    }
    default:
      throw new Error(`DB_KIND is ${kind}; it may be postgres, mysql, mariadb or redis`);
  }
}

function addressIn(env: Environment, kind: keyof typeof DEFAULT_PORTS): Address & { readonly readPort: number } {
  const port = portIn(env, 'DB_PORT', DEFAULT_PORTS[kind]);
  return { host: required(env, 'DB_HOST'), port, readPort: portIn(env, 'DB_READ_PORT', port) };
}

function sentinelsIn(env: Environment): readonly Address[] {
  const parts = (env['DB_SENTINELS'] ?? '').split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [, host = part, port] = /^(.*):(\d+)$/.exec(part) ?? [];
      return { host: host.replace(/^\[(.*)\]$/, '$1'), port: port === undefined ? SENTINEL_PORT : Number(port) };
    });
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is missing`);
  return value;
}

function portIn(env: Environment, name: string, fallback: number): number {
  const value = env[name];
  if (value === undefined || value === '') return fallback;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`${name} is ${value}, which is no port`);
  return port;
}
