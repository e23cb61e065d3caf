import { subtractGtids } from '@flotilla/model';
import { expect, test } from 'vitest';

import { logsToRead } from './mysql-binlogs.ts';

const A = '3e11fa47-71ca-11e1-9e33-c80aa9429562';
const knows = (known: string) => (before: string) => subtractGtids(before, known) === '';
const B = '4e11fa47-71ca-11e1-9e33-c80aa9429562';

test('the logs that may hold a difference begin where everything before was known', () => {
  const lines = [
    `binlog.000005 ${A}:1-9,${B}:1-4`,
    `binlog.000004 ${A}:1-9,${B}:1-2`,
    `binlog.000003 ${A}:1-9`,
    'binlog.000002 ',
  ];
  expect(logsToRead(lines, knows(`${A}:1-9,${B}:1-3`))).toEqual(['binlog.000004', 'binlog.000005']);
  expect(logsToRead(lines, knows(`${A}:1-9`))).toEqual(['binlog.000003', 'binlog.000004', 'binlog.000005']);
});

test('a log of the newest transactions alone is enough when nothing before it is new', () => {
  expect(logsToRead([`binlog.000002 ${A}:1-5`, 'binlog.000001 ', ''], knows(`${A}:1-5`))).toEqual(['binlog.000002']);
});

test('the oldest log is read too when none began early enough', () => {
  expect(logsToRead([`binlog.000008 ${A}:1-7`, `binlog.000007 ${A}:1-6`], knows(`${B}:1`))).toEqual([
    'binlog.000007',
    'binlog.000008',
  ]);
});
