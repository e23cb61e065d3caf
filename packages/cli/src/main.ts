import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { spawnRunner, systemClock } from '@flotilla/exec';

import { exitCodes } from './exit-codes.ts';
import { run } from './run.ts';

const abort = new AbortController();
// A second signal ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());
process.stdout.on('error', endQuietly);
process.stderr.on('error', endQuietly);

process.exitCode = await run(process.argv.slice(2), {
  root: repositoryRoot(process.cwd()) ?? join(import.meta.dirname, '..', '..', '..'),
  cwd: process.cwd(),
  variables: process.env,
  runner: spawnRunner(),
  clock: systemClock(),
  signal: abort.signal,
  write: (text) => process.stdout.write(text),
  say: (line) => process.stderr.write(`${line}\n`),
});

/** A reader that closes the pipe early, such as `head`, has what it wanted. */
function endQuietly(error: NodeJS.ErrnoException): void {
  process.exit(error.code === 'EPIPE' ? exitCodes.done : exitCodes.bug);
}

function repositoryRoot(folder: string): string | undefined {
  if (existsSync(join(folder, 'environments'))) return folder;
  return dirname(folder) === folder ? undefined : repositoryRoot(dirname(folder));
}
