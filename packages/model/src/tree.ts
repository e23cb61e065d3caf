import type { Control } from './databases.ts';
import type { Health, ServiceKind } from './schema.ts';

/**
 * What a change of this file costs where it is deployed.
 * `recreate`: the container is replaced. `reload`: the engine re-reads it while it serves.
 * `restart`: the engine must restart, and roles decide the order. `host`: the host layer applies it. `none`: nothing running reads it.
 */
export type FileEffect = 'recreate' | 'reload' | 'restart' | 'host' | 'none';

/** One file for one server. `path` is relative, `/`-separated, and never leaves the tree. */
export type RenderedFile = {
  readonly path: string;
  readonly text: string;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  readonly effect: FileEffect;
};

/** How careful a change must be: `stateless` can be returned, `edge` is drained around, `data` holds where it is. */
export type Tier = 'edge' | 'stateless' | 'data' | 'platform';

/** A question to a server that gates a deploy. Times in milliseconds. */
export type ProbeSpec =
  | {
      readonly kind: 'http';
      readonly host: string;
      readonly port: number;
      readonly path: string;
      readonly health: Health;
    }
  | { readonly kind: 'container'; readonly graceMs: number }
  | { readonly kind: 'guard'; readonly service: string; readonly graceMs: number };

/** A backend entry of an edge that must be out of rotation while its unit changes. */
export type DrainPoint = {
  readonly edgeService: string;
  readonly edgeServer: string;
  readonly backend: string;
  readonly entry: string;
};

/** A secret that a unit needs, and the variable that carries it. */
export type SecretUse = { readonly variable: string; readonly secret: string };

/** One service on one server: the smallest thing a deploy changes. */
export type ServiceUnit = {
  readonly server: string;
  /** Name of the unit and its Compose project; a derived unit has a derived name such as `database-endpoint`. */
  readonly service: string;
  readonly kind: ServiceKind | 'guard' | 'endpoint' | 'pooler' | 'etcd' | 'sentinel';
  readonly tier: Tier;
  readonly image: string;
  /** Host ports that it publishes, with the address they bind to (`0.0.0.0` for the world). */
  readonly publishes: readonly { readonly address: string; readonly port: number; readonly containerPort: number }[];
  readonly memoryBytes: number;
  readonly cpus: number | undefined;
  /** Units of the same server that start before this one, by service name; sorted. */
  readonly after: readonly string[];
  readonly drains: readonly DrainPoint[];
  readonly gates: readonly ProbeSpec[];
  /** Written to `secrets/<service>.env` on the server at deploy; sorted by variable. */
  readonly secretEnv: readonly SecretUse[];
  /** Written to `secrets/<service>/<secret>`, one file each; sorted. */
  readonly secretFiles: readonly string[];
  /** Absolute directories on the server that must exist before it starts. */
  readonly directories: readonly string[];
  /** Shell command (argument list) inside the container that makes the engine re-read its files; absent when it cannot. */
  readonly reload?: readonly string[];
  /** Settings of which a replica must not have less than its primary, by name; absent where the engine has none. */
  readonly replicaFloors?: Readonly<Record<string, number>>;
  /** Who decides which member is primary; absent for what is no database. */
  readonly control?: Control;
  /** Place among the members of its database as written, 0 for the preferred primary; absent for what is no database. */
  readonly preference?: number;
  /** Hash over every file of the unit, hex. */
  readonly hash: string;
  /** Hash over the files whose change replaces or restarts the container, hex; the container carries it as a label. */
  readonly runHash: string;
};

/** Everything that one server gets. Files sorted by path, units in start order. */
export type ServerTree = {
  readonly server: string;
  readonly files: readonly RenderedFile[];
  readonly units: readonly ServiceUnit[];
  /** SHA-256 over the sorted paths, modes and bytes of `files`, hex. */
  readonly digest: string;
};

/** The rendered fleet. Servers sorted by name. */
export type Tree = {
  readonly environment: string;
  readonly servers: readonly ServerTree[];
  /** SHA-256 over the server digests, hex: what `deploy --plan` binds to. */
  readonly digest: string;
};

/** Gives the folder of a unit's files inside the tree. */
export function unitFolder(service: string): string {
  return `services/${service}`;
}
