import { describe, expect, it } from 'vitest';

import { needsRestart, settingLine } from './settings.ts';
import { tunePostgres } from './tuning.ts';

const GIB = 2 ** 30;

function tune(memoryBytes: number, tuning = {}) {
  const { restart, reload } = tunePostgres({ tuning, walKeep: 4 * GIB }, { memoryBytes, cpus: 4 });
  return { restart: Object.fromEntries(restart), reload: Object.fromEntries(reload) };
}

describe('tuning', () => {
  it('derives memory settings from the memory of the service', () => {
    const { restart, reload } = tune(8 * GIB);
    expect(restart).toMatchObject({ shared_buffers: '2GB', max_connections: 200 });
    expect(reload).toMatchObject({ effective_cache_size: '6GB', maintenance_work_mem: '512MB', work_mem: '15MB' });
  });

  it('stays within what a small service can hold', () => {
    const { restart, reload } = tune(GIB / 4);
    expect(restart).toMatchObject({ shared_buffers: '64MB', max_connections: 20 });
    expect(reload).toMatchObject({ work_mem: '4MB', maintenance_work_mem: '16MB' });
  });

  it('bounds the log that a slot may hold back', () => {
    expect(tune(GIB).reload['max_slot_wal_keep_size']).toBe('4GB');
  });

  it('lets what is written win, and shares memory among the connections that are written', () => {
    const { restart, reload } = tune(8 * GIB, {
      max_connections: 50,
      shared_buffers: '1GB',
      'auto_explain.log_nested_statements': true,
    });
    expect(restart).toMatchObject({
      max_connections: 50,
      shared_buffers: '1GB',
      'auto_explain.log_nested_statements': true,
    });
    expect(reload['work_mem']).toBe('61MB');
  });

  it('tells what a restart must apply', () => {
    const { restart, reload } = tune(GIB);
    expect(Object.keys(restart).every(needsRestart)).toBe(true);
    expect(Object.keys(reload).some(needsRestart)).toBe(false);
    expect(needsRestart('work_mem')).toBe(false);
    expect(needsRestart('constructor')).toBe(false);
  });

  it('writes values as PostgreSQL reads them', () => {
    expect(settingLine('log_line_prefix', "it's \\ 5%")).toBe("log_line_prefix = 'it''s \\\\ 5%'");
    expect(settingLine('hot_standby', true)).toBe('hot_standby = on');
    expect(settingLine('max_connections', 100)).toBe('max_connections = 100');
  });
});
