import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { mysqlMemory } from './mysql-memory.ts';

const database = (pool: string, fields = '', kind = 'mysql') =>
  fleet({
    services: `  db: { kind: ${kind}, image: IMAGE, primary: a, replicas: [b, c], databases: [x], memory: 4GiB, ${fields}tuning: { innodb_buffer_pool_size: ${pool} } }`,
  });

describe('mysql-memory', () => {
  it.each(['3G', '3276M', '3GiB', `${2 ** 30}`, '64m'])('accepts a cache of %s in 4 GiB', (pool) => {
    expect(found(mysqlMemory, database(pool))).toEqual([]);
  });

  it.each(['20G', '3277M', '4g', '20GiB', `${2 ** 32}`, '1T'])('rejects a cache of %s, where it is written', (pool) => {
    const text = database(pool);
    expect(found(mysqlMemory, text)).toEqual([`VALIDATE_MYSQL_MEMORY ${place(text, `${pool} }`)}`]);
    expect(found(mysqlMemory, database(pool, '', 'mariadb'))).toHaveLength(1);
  });

  it('keeps room for the messages of a group, and says how much is left', () => {
    const group = 'failover: automatic, ';
    expect(found(mysqlMemory, database('2764M', group))).toEqual([]);
    const [first] = mysqlMemory.check(parse(database('3G', group)));
    expect(first?.hint).toContain('2764M');
  });

  it('leaves what is no size to the engine, and other databases alone', () => {
    expect(found(mysqlMemory, database('plenty'))).toEqual([]);
    expect(found(mysqlMemory, database('20G', '', 'postgres'))).toEqual([]);
  });
});
