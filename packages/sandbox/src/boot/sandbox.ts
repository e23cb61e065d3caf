/** One server of a running sandbox. */
export type SandboxServer = {
  readonly name: string;
  readonly container: string;
  readonly address: string;
  readonly sshPort: number;
};

/** A running sandbox. Its state folder is an environment folder that every command takes. */
export type Sandbox = {
  readonly environment: string;
  readonly stateFolder: string;
  /** The written environment. */
  readonly environmentFile: string;
  /** JSON object: secret name to value. */
  readonly secretsFile: string;
  /** Private key that root on every server accepts. */
  readonly identityFile: string;
  readonly knownHostsFile: string;
  readonly servers: readonly SandboxServer[];
};

/** A sandbox that was just booted. Servers in the order of the environment. */
export type BootedSandbox = Sandbox & {
  /** Image reference of the real environment to the one in the sandbox. */
  readonly images: ReadonlyMap<string, string>;
};

/** A stretch of the way up or down, for whoever watches. */
export type SandboxStep = 'images' | 'network' | 'keys' | 'registry' | 'servers' | 'push' | 'files' | 'remove';

/** What happens while a sandbox comes up or goes. */
export type SandboxEvent =
  | { readonly kind: 'started'; readonly step: SandboxStep }
  | { readonly kind: 'finished'; readonly step: SandboxStep; readonly durationMs: number }
  | { readonly kind: 'server-up'; readonly server: string; readonly durationMs: number };

/** Runs one step between its two events, and gives what it gives. */
export async function inStep<T>(
  { clock, events }: { readonly clock: { now(): number }; readonly events: (event: SandboxEvent) => void },
  step: SandboxStep,
  work: () => Promise<T>,
): Promise<T> {
  const startedAt = clock.now();
  events({ kind: 'started', step });
  const result = await work();
  events({ kind: 'finished', step, durationMs: clock.now() - startedAt });
  return result;
}
