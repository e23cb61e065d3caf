import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { postgresMemory } from './postgres-memory.ts';

const database = (tuning: string, memory = '8GiB') =>
  fleet({
    services: `  db: { kind: postgres, image: IMAGE, primary: a, databases: [x], memory: ${memory}, tuning: { ${tuning} } }`,
  });

describe('postgres-memory', () => {
  it.each(['shared_buffers: 2GB, max_connections: 100', '', 'shared_buffers: 262144', 'work_mem: 16MB'])(
    'accepts tuning { %s } in 8 GiB',
    (tuning) => {
      expect(found(postgresMemory, database(tuning))).toEqual([]);
    },
  );

  it('rejects buffers and connections that do not fit, at the first of them', () => {
    const text = database('shared_buffers: 6GB, work_mem: 64MB, max_connections: 100');
    expect(found(postgresMemory, text)).toEqual([`VALIDATE_POSTGRES_MEMORY ${place(text, '6GB')}`]);
  });

  it('counts a number without a unit in 8 kB pages, and the default of 100 connections', () => {
    const pages = database('shared_buffers: 1048577');
    expect(found(postgresMemory, pages)).toEqual([`VALIDATE_POSTGRES_MEMORY ${place(pages, '1048577')}`]);
    const work = database('work_mem: 83MB');
    expect(found(postgresMemory, work)).toEqual([`VALIDATE_POSTGRES_MEMORY ${place(work, '83MB')}`]);
  });

  it('names only what was written: what it derives itself is no 0 B', () => {
    const [found] = postgresMemory.check(parse(database('work_mem: 83MB')));
    expect(found?.message).toContain('(100 connections × work_mem 83 MiB, beside the derived shared_buffers)');
  });

  it('accepts values that switch a setting off', () => {
    expect(found(postgresMemory, database('max_slot_wal_keep_size: -1, wal_buffers: -1, temp_buffers: 0'))).toEqual([]);
  });
});
