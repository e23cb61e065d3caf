import type { RenderedFile, ServiceUnit } from '@flotilla/model';

/** What a unit's Compose file says beyond what follows from the unit itself. */
export type Container = {
  /** Name of the service inside the Compose file, which is also a name on the network; the unit's when absent. */
  readonly key?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Bind mounts and named volumes as Compose's short form writes them. */
  readonly mounts?: readonly string[];
  /** Named volumes that the file must declare. */
  readonly volumes?: readonly string[];
  /** Name on the shared network; `host` leaves the container in the server's own network. */
  readonly network: { readonly kind: 'shared'; readonly alias: string } | { readonly kind: 'host' };
  /** Name by which the container knows itself; Docker's own when absent. */
  readonly hostname?: string;
  /** Addresses of other machines by the names that the container calls them. */
  readonly hosts?: Readonly<Record<string, string>>;
  /** Docker's init as process 1, for programs that do not reap their children. */
  readonly init?: boolean;
  readonly stopGraceMs: number;
  /** Signal that asks the process to stop; the image's when absent. */
  readonly stopSignal?: string;
  readonly sharedMemoryBytes?: number;
  /** Command whose exit code Docker shows as the container's health. */
  readonly healthCommand?: readonly string[];
};

/** A unit as its kind builds it, before order, drains and hashes are known. */
export type UnitDraft = {
  readonly unit: Omit<ServiceUnit, 'after' | 'drains' | 'hash' | 'runHash'>;
  readonly container: Container;
  /** Configuration beside the Compose file, by path inside the unit's folder. */
  readonly files: readonly RenderedFile[];
};

/** Where a container sees its unit's files; `current` in it follows each release without recreating the container. */
export const CONFIG_MOUNT = '/flotilla';

/** Gives where a container reads one of its unit's files. */
export function configPath(file: string): string {
  return `${CONFIG_MOUNT}/current/${file}`;
}
