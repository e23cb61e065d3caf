import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { renderText } from './fleets.ts';

/** A case: where its environment stands, and where the tree that it must give. */
export type GoldenCase = { readonly name: string; readonly source: string; readonly expected: string };

const FOLDER = join(import.meta.dirname, 'golden');
const WAYBILL = join(import.meta.dirname, '../../../environments/waybill/environment.yaml');
const LAB = join(import.meta.dirname, '../../../environments/lab');
const LAB_REDIS = join(import.meta.dirname, '../../../environments/lab/redis/environment.yaml');

export const GOLDEN_CASES: readonly GoldenCase[] = [
  { name: 'pair', source: join(FOLDER, 'pair/environment.yaml'), expected: join(FOLDER, 'pair/expected') },
  { name: 'mariadb', source: join(LAB, 'mariadb/environment.yaml'), expected: join(FOLDER, 'mariadb/expected') },
  { name: 'mysql', source: join(LAB, 'mysql/environment.yaml'), expected: join(FOLDER, 'mysql/expected') },
  {
    name: 'mysql-group',
    source: join(LAB, 'mysql-group/environment.yaml'),
    expected: join(FOLDER, 'mysql-group/expected'),
  },
  { name: 'patroni', source: join(FOLDER, 'patroni/environment.yaml'), expected: join(FOLDER, 'patroni/expected') },
  { name: 'pooled', source: join(FOLDER, 'pooled/environment.yaml'), expected: join(FOLDER, 'pooled/expected') },
  { name: 'redis', source: LAB_REDIS, expected: join(FOLDER, 'redis/expected') },
  {
    name: 'redis-manual',
    source: join(FOLDER, 'redis-manual/environment.yaml'),
    expected: join(FOLDER, 'redis-manual/expected'),
  },
  { name: 'waybill', source: WAYBILL, expected: join(FOLDER, 'waybill/expected') },
];

/** Gives the rendered files of a case, by `<server>/<path>`. */
export function renderCase({ source }: GoldenCase): ReadonlyMap<string, string> {
  const tree = renderText(readFileSync(source, 'utf8'));
  return new Map(
    tree.servers.flatMap(({ server, files }) => files.map(({ path, text }) => [`${server}/${path}`, text])),
  );
}

/** Gives the expected files of a case, by `<server>/<path>`. */
export function readExpected({ expected }: GoldenCase): ReadonlyMap<string, string> {
  const files = readdirSync(expected, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(expected, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')];
    }),
  );
}
