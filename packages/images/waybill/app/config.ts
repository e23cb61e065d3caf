import { hostname } from 'node:os';

/** What the application is told by its environment. */
export type Config = {
  readonly port: number;
  /** Name shown as the server that answered. */
  readonly server: string;
  readonly release: string;
  /** A release made to fail its health check. */
  readonly isBroken: boolean;
  readonly database: {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user: string;
    readonly password: string;
  };
};

/** Gives the configuration in the environment variables, with the defaults of a developer's machine. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  return {
    port: Number(env['PORT'] ?? 3000),
    server: env['SERVER_NAME'] ?? hostname(),
    release: env['RELEASE'] ?? 'dev',
    isBroken: env['BROKEN'] === '1',
    database: {
      host: env['DB_HOST'] ?? 'localhost',
      port: Number(env['DB_PORT'] ?? 5432),
      database: env['DB_DATABASE'] ?? 'warehousedb',
      user: env['DB_USERNAME'] ?? env['DB_DATABASE'] ?? 'warehousedb',
      password: env['DB_PASSWORD'] ?? '',
    },
  };
}
