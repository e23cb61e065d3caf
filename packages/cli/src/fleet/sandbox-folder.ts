import { join } from 'node:path';

import type { Tree } from '@flotilla/model';
import type { SandboxEvent } from '@flotilla/sandbox';

import type { Context } from '../command.ts';
import { SANDBOXES } from '../environment-path.ts';

/** Gives the folder that holds the sandbox of an environment, which is an environment folder itself. */
export function sandboxFolder(environment: string, { root }: Pick<Context, 'root'>): string {
  return join(root, SANDBOXES, environment);
}

/** Gives the folder for what is built once and used by every sandbox of this repository. */
export function imageCacheFolder({ root }: Pick<Context, 'root'>): string {
  return join(root, '.flotilla', 'images');
}

/** Gives the names of every secret that a rendered fleet asks for; sorted. */
export function secretNames(tree: Tree): readonly string[] {
  const units = tree.servers.flatMap((server) => server.units);
  const names = units.flatMap((unit) => [...unit.secretFiles, ...unit.secretEnv.map(({ secret }) => secret)]);
  return [...new Set(names)].toSorted();
}

/** Says what a sandbox does while it comes up or goes. */
export function sandboxTalk(context: Context): (event: SandboxEvent) => void {
  return (event) => {
    if (event.kind === 'started') context.say(`sandbox: ${event.step} …`);
    else if (event.kind === 'server-up')
      context.say(`sandbox: ${event.server} is up after ${seconds(event.durationMs)}`);
    else context.say(`sandbox: ${event.step} done in ${seconds(event.durationMs)}`);
  };
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`;
}
