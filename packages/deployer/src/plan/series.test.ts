import { expect, it } from 'vitest';

import { seriesOf, upgradePath } from './series.ts';

it.each([
  ['postgres', 'postgres:17.6-alpine@sha256:ab', '17'],
  ['postgres', 'r.example:5000/postgres:17', '17'],
  ['mysql', 'mysql:8.4.7', '8.4'],
  ['mysql', 'mysql:9.7.0@sha256:ab', '9.7'],
  ['mariadb', 'mariadb:11.8.2-noble', '11.8'],
  ['redis', 'redis:8.2.1', '8'],
] as const)('the series of %s in %s is %s', (kind, image, series) => {
  expect(seriesOf({ kind, image })).toBe(series);
});

it.each([
  ['app', 'app:17.6'],
  ['mysql', 'mysql:8'],
  ['postgres', 'r.example:5000/postgres@sha256:17'],
  ['postgres', 'postgres:latest'],
] as const)('the series of %s in %s is not known', (kind, image) => {
  expect(seriesOf({ kind, image })).toBeUndefined();
});

it('gives each engine the copy that its own tools make', () => {
  expect(upgradePath('mysql', '9.7')).toContain('mysqldump --single-transaction');
  expect(upgradePath('redis', '8')).toContain('redis-cli --rdb');
});
