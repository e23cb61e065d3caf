import { describe, expect, it } from 'vitest';

import { readConfig } from './config.ts';

const SQL = {
  DB_KIND: 'postgres',
  DB_HOST: 'endpoint',
  DB_DATABASE: 'ledger',
  DB_USERNAME: 'keeper',
  DB_PASSWORD: 'x',
};

describe('readConfig', () => {
  it('reads from the write port unless a read port is given', () => {
    expect(readConfig(SQL).database).toMatchObject({ kind: 'postgres', host: 'endpoint', port: 5432, readPort: 5432 });
    expect(readConfig({ ...SQL, DB_PORT: '6001', DB_READ_PORT: '6002' }).database).toMatchObject({
      port: 6001,
      readPort: 6002,
    });
  });

  it('knows the port of each kind', () => {
    expect(readConfig({ ...SQL, DB_KIND: 'mariadb' }).database).toMatchObject({ kind: 'mariadb', port: 3306 });
    expect(readConfig({ DB_KIND: 'redis', DB_HOST: 'endpoint' }).database).toEqual({
      kind: 'redis',
      host: 'endpoint',
      port: 6379,
      readPort: 6379,
      password: undefined,
    });
  });

  it('asks the Sentinels when there are some, in names and in both kinds of address', () => {
    const env = { DB_KIND: 'redis', DB_SENTINELS: 's1:26380, 192.0.2.1,[2001:db8::1]:7', DB_SENTINEL_MASTER: 'lab' };
    expect(readConfig(env).database).toEqual({
      kind: 'sentinel',
      sentinels: [
        { host: 's1', port: 26380 },
        { host: '192.0.2.1', port: 26379 },
        { host: '2001:db8::1', port: 7 },
      ],
      master: 'lab',
      password: undefined,
    });
  });

  it.each([
    ['DB_KIND', { ...SQL, DB_KIND: 'oracle' }],
    ['DB_HOST', { ...SQL, DB_HOST: '' }],
    ['DB_DATABASE', { ...SQL, DB_DATABASE: undefined }],
    ['DB_PORT', { ...SQL, DB_PORT: '70000' }],
    ['PORT', { ...SQL, PORT: 'http' }],
    ['DB_SENTINEL_MASTER', { DB_KIND: 'redis', DB_SENTINELS: 's1:26379' }],
  ])('names %s when it is missing or wrong', (name, env) => {
    expect(() => readConfig(env)).toThrow(name);
  });
});
