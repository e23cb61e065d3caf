import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { openRecordStore } from './record-store.ts';

const record = { term: 3, holder: 'db2', phase: 'claimed', at: '2026-01-01T00:00:00.000Z' } as const;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guard-store-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test('gives back what was saved, and leaves no draft behind', () => {
  const store = openRecordStore(folder);
  store.saveRecord('database', record);
  store.saveMemory('database', { db1: { term: 2, phase: 'promoted' } });
  expect(openRecordStore(folder).load('database')).toEqual({
    record,
    remembers: { db1: { term: 2, phase: 'promoted' } },
  });
  expect(readdirSync(folder).sort()).toEqual(['database.json', 'database.peers.json']);
});

test('keeps the old record when a write was cut off before its rename', () => {
  openRecordStore(folder).saveRecord('database', record);
  writeFileSync(join(folder, 'database.json.new'), '{"term":4,"hol');
  expect(openRecordStore(folder).load('database').record).toEqual(record);
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"term":0,"holder":"a","phase":"claimed","at":""}',
  '{"term":1.5,"holder":"a","phase":"claimed","at":""}',
])('counts %j as a lost record', (text) => {
  writeFileSync(join(folder, 'database.json'), text);
  expect(openRecordStore(folder).load('database')).toEqual({ record: null, remembers: {} });
});
