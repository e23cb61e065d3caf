import { readFileSync } from 'node:fs';

import type { DatabaseKind } from '@flotilla/model';

export type { RefusalCode } from './policy/records.ts';

/** Gives the texts of the shell scripts that run each kind of engine on the word of the guard. Reads the files beside this one. */
export function engineWrappers(): Readonly<Record<DatabaseKind | 'patroni' | 'patroni-rewind', string>> {
  return {
    postgres: read('postgres-wrapper'),
    patroni: read('patroni-wrapper'),
    'patroni-rewind': read('patroni-rewind'),
    mysql: read('mysql-wrapper') + read('sql-wrapper'),
    mariadb: read('mariadb-wrapper') + read('sql-wrapper'),
    redis: read('redis-wrapper'),
  };
}

function read(name: string): string {
  return readFileSync(new URL(`./engines/${name}.sh`, import.meta.url), 'utf8');
}
