import { FlotillaError, suggest } from '@flotilla/model';

import type { Command } from './command.ts';

/** Every command by name, loaded when called, so that the start of one never pays for another. */
const registry: Readonly<Record<string, () => Promise<Command>>> = {
  adopt: async () => (await import('./commands/adopt.ts')).adopt,
  bootstrap: async () => (await import('./commands/bootstrap.ts')).bootstrap,
  deploy: async () => (await import('./commands/deploy.ts')).deploy,
  diff: async () => (await import('./commands/diff.ts')).diff,
  down: async () => (await import('./commands/down.ts')).down,
  drill: async () => (await import('./commands/drill.ts')).drill,
  failover: async () => (await import('./commands/failover.ts')).failover,
  fault: async () => (await import('./commands/fault.ts')).fault,
  help: async () => (await import('./commands/help.ts')).helpOf(Object.keys(registry), loadCommand),
  list: async () => (await import('./commands/list.ts')).list,
  plan: async () => (await import('./commands/plan.ts')).plan,
  power: async () => (await import('./commands/power.ts')).power,
  rejoin: async () => (await import('./commands/rejoin.ts')).rejoin,
  render: async () => (await import('./commands/render.ts')).render,
  schema: async () => (await import('./commands/schema.ts')).schema,
  status: async () => (await import('./commands/status.ts')).status,
  switchover: async () => (await import('./commands/switchover.ts')).switchover,
  unlock: async () => (await import('./commands/unlock.ts')).unlock,
  up: async () => (await import('./commands/up.ts')).up,
  validate: async () => (await import('./commands/validate.ts')).validate,
};

/** Gives the command of that name. Throws CLI_USAGE when there is none. */
export async function loadCommand(name: string): Promise<Command> {
  const load = Object.hasOwn(registry, name) ? registry[name] : undefined;
  if (load !== undefined) return load();
  const suggestion = suggest(name, Object.keys(registry));
  const hint = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
  throw new FlotillaError('CLI_USAGE', { detail: `unknown command "${name}"${hint}`, command: 'help' });
}
