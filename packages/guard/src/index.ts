import { readFileSync } from 'node:fs';

export type { RefusalCode } from './policy/records.ts';

/** Gives the text of the shell script that runs a postgres container on the word of the guard. Reads the file beside this one. */
export function postgresWrapper(): string {
  return readFileSync(new URL('./engines/postgres-wrapper.sh', import.meta.url), 'utf8');
}
