import { readFileSync } from 'node:fs';

import type { DatabaseKind } from '@flotilla/model';

export type { RefusalCode } from './policy/records.ts';

/** Gives the texts of the shell scripts that run each kind of engine on the word of the guard. Reads the files beside this one. */
export function engineWrappers(): Readonly<Record<DatabaseKind | 'patroni' | 'patroni-rewind', string>> {
  return {
    postgres: read('wrapper-core') + read('postgres-wrapper'),
    patroni: read('patroni-wrapper'),
    'patroni-rewind': read('patroni-rewind'),
    mysql: ['wrapper-core', 'mysql-wrapper', 'sql-wrapper'].map(read).join(''),
    mariadb: ['wrapper-core', 'mariadb-wrapper', 'sql-wrapper'].map(read).join(''),
    redis: read('wrapper-core') + read('redis-wrapper'),
  };
}

function read(name: string): string {
  return readFileSync(new URL(`./engines/${name}.sh`, import.meta.url), 'utf8');
}
