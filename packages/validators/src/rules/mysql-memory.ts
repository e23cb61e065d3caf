import type { Finding } from '@flotilla/model';
import { controlOf, finding, formatSize } from '@flotilla/model';

import { sizeOf } from '../mysql/settings.ts';
import type { MysqlLike } from '../mysql/settings.ts';
import { shown } from '../owner.ts';
import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

const SETTING = 'innodb_buffer_pool_size';
/** Bookkeeping of the cache takes a tenth of it, connections and the server the rest. */
const MOST_OF_MEMORY = 0.8;
const MIB = 2 ** 20;

/** The written cache of a MySQL or MariaDB fits the memory that it is promised. */
export const mysqlMemory: EnvironmentRule = {
  name: 'mysql-memory',
  check: (input) =>
    servicesOf(input.environment).flatMap(([service, definition]) =>
      definition.kind === 'mysql' || definition.kind === 'mariadb' ? overcommitment(input, service, definition) : [],
    ),
};

function overcommitment({ sources }: EnvironmentInput, service: string, definition: MysqlLike): readonly Finding[] {
  const { memory, tuning } = definition;
  const written = tuning[SETTING];
  const poolBytes = written === undefined ? undefined : sizeOf(written);
  const mostBytes = memory * MOST_OF_MEMORY - messagesOf(definition);
  if (written === undefined || poolBytes === undefined || poolBytes <= mostBytes) return [];
  const most = `${Math.max(64, Math.floor(mostBytes / MIB))}M`;
  const facts = {
    service,
    pool: shown(written),
    memory: formatSize(memory),
    most,
    isGroup: controlOf(definition) === 'group-replication',
  };
  return [finding('VALIDATE_MYSQL_MEMORY', facts, sources.valueAt(['services', service, 'tuning', SETTING]))];
}

/** Members of a group keep messages for one that is away: an eighth of the memory, and 128 MiB at least. */
function messagesOf(definition: MysqlLike): number {
  return controlOf(definition) === 'group-replication' ? Math.max(128 * MIB, definition.memory / 8) : 0;
}
