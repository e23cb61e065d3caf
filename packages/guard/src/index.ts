import { readFileSync } from 'node:fs';

import type { DatabaseKind } from '@flotilla/model';

export type { RefusalCode } from './policy/records.ts';

/** Gives the texts of the shell scripts that run each kind of engine on the word of the guard. Reads the files beside this one. */
export function engineWrappers(): Readonly<Record<DatabaseKind, string>> {
  return {
    postgres: read('postgres'),
    mysql: read('mysql'),
    mariadb: read('mariadb'),
    redis: read('redis'),
  };
}

function read(kind: DatabaseKind): string {
  return readFileSync(new URL(`./engines/${kind}-wrapper.sh`, import.meta.url), 'utf8');
}
