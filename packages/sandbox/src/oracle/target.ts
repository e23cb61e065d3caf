/** An SQL engine, one of its databases, and as whom to write there. */
type SqlTarget = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
};

/** A database of PostgreSQL. */
export type PostgresTarget = { readonly kind: 'postgres' } & SqlTarget;

/** A database of MySQL or MariaDB. */
export type MysqlTarget = { readonly kind: 'mysql' | 'mariadb' } & SqlTarget;

/** A Redis, which knows no users and no databases here. */
export type RedisTarget = {
  readonly kind: 'redis';
  readonly host: string;
  readonly port: number;
  readonly password: string;
};

/** Where the oracle writes, and as whom. */
export type OracleTarget = PostgresTarget | MysqlTarget | RedisTarget;

/** How long a client waits, in milliseconds. */
export type Patience = {
  readonly connectMs: number;
  readonly statementMs: number;
};
