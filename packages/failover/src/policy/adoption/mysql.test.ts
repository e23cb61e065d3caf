import { describe, expect, it } from 'vitest';

import { judgeMysql } from './mysql.ts';
import { AROUND, foundWith } from './testing.ts';

const MYSQL = {
  version: '8.4.6',
  next: 'mysqld  Ver 8.4.7 for Linux on x86_64 (MySQL Community Server - GPL)',
  lower_case_table_names: '0',
  innodb_page_size: '16384',
  innodb_data_file_path: 'ibdata1:12M:autoextend',
  gtid: 'ON',
};
const MARIADB = {
  ...MYSQL,
  version: '11.8.3-MariaDB-ubu2404',
  next: 'mariadbd  Ver 11.8.3-MariaDB for debian-linux-gnu',
};

describe('judgeMysql', () => {
  it('has nothing against a server of the same series whose tables can be copied', () => {
    expect(judgeMysql('mysql', foundWith(MYSQL), AROUND)).toEqual({ reasons: [], notes: [] });
    expect(judgeMysql('mariadb', foundWith({ ...MARIADB, gtid: '' }), AROUND)).toEqual({ reasons: [], notes: [] });
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['one whose root has another password', { version: '' }, 'superuser password'],
    ['another series', { version: '8.0.43' }, 'MySQL 8.0.43, and the declared image is 8.4.7'],
    ['an older image of the series', { version: '8.4.8' }, 'an older 8.4.7'],
    ['a MariaDB', { version: '11.8.3-MariaDB' }, 'it is MariaDB, and MySQL is declared'],
    ['a replica', { upstream: 'yes' }, 'replica of another server'],
    ['tables that no copy holds', { foreign: 'shop.visit(MyISAM)' }, 'shop.visit(MyISAM); ALTER TABLE'],
    ['encrypted tables', { encrypted: 'yes' }, 'encrypted'],
    ['data elsewhere', { elsewhere: '/srv/undo' }, '/srv/undo'],
    ['a database of the guard’s name', { reserved: 'ships' }, 'a database named flotilla'],
    ['settings in the data', { persisted: 'max_connections' }, 'SET PERSIST wrote max_connections'],
    ['names in small letters', { lower_case_table_names: '1' }, 'lower_case_table_names = 1'],
  ])('has one thing against %s', (_case, change, words) => {
    const { reasons } = judgeMysql('mysql', foundWith({ ...MYSQL, ...change }), AROUND);
    expect(reasons).toEqual([expect.stringContaining(words)]);
  });

  it('has nothing against another layout that is declared', () => {
    const around = { ...AROUND, tuning: { lower_case_table_names: 1 } };
    expect(judgeMysql('mysql', foundWith({ ...MYSQL, lower_case_table_names: '1' }), around).reasons).toEqual([]);
    expect(judgeMysql('mysql', foundWith(MYSQL), around).reasons).toHaveLength(1);
  });

  it('says what stays behind, but not what the environment keeps', () => {
    const found = foundWith({
      ...MYSQL,
      configured: 'max_connections sql_mode',
      gtid: 'OFF',
      plugins: 'audit',
      downstream: '1',
    });
    const { notes } = judgeMysql('mysql', found, { ...AROUND, tuning: { sql_mode: 'ANSI' } });
    expect(notes).toHaveLength(4);
    expect(notes[0]).toContain('set max_connections; they stay behind');
  });
});
