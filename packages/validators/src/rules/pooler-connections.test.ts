import type { Tree } from '@flotilla/model';
import { describe, expect, it } from 'vitest';

import { fleet, foundInTree, parse, place, treeOf, unit } from '../../test/support.ts';
import { poolerConnections } from './pooler-connections.ts';

type Shape = { readonly size?: number; readonly databases?: string; readonly more?: string };

const database = ({ size = 20, databases = 'x', more = ', replicas: [b]' }: Shape = {}) =>
  fleet({
    services: `  db: { kind: postgres, image: IMAGE, primary: a, databases: [${databases}], memory: 1GiB${more}, pooling: { size: ${size} } }`,
  });

type Written = { readonly path?: string; readonly settings: string; readonly poolers?: number };

/** Poolers on as many servers, and one member whose file sets this. */
function rendered({ path = 'services/db/restart.conf', settings, poolers = 1 }: Written): Tree {
  const names = ['a', 'b', 'c'].slice(0, poolers);
  const tree = treeOf(
    Object.fromEntries(names.map((server) => [server, [unit({ service: 'db-pooler', kind: 'pooler', server })]])),
  );
  const files = [{ path, text: `# Title.\n${settings}\n`, mode: 0o644, effect: 'restart' }] as const;
  return { ...tree, servers: [...tree.servers, { server: 'd', files, units: [unit({ service: 'db' })], digest: 'd' }] };
}

const found = (shape: Shape, written: Written) =>
  foundInTree(poolerConnections, database(shape), { tree: rendered(written) });
const hintOf = (shape: Shape, written: Written) =>
  poolerConnections.check({ ...parse(database(shape)), tree: rendered(written) })[0]?.hint;

describe('pooler-connections', () => {
  // 2 pools × 20, 3 that are reserved, and the guard's.
  it('accepts pools that fit to the last connection, and warns of one less', () => {
    expect(found({}, { settings: 'max_connections = 44' })).toEqual([]);
    expect(found({}, { settings: 'max_connections = 43' })).toEqual([
      `VALIDATE_POOLS_TOO_LARGE_FOR_READS ${place(database(), '20 }')}`,
    ]);
  });

  it('rejects pools whose writes alone are too many', () => {
    expect(found({}, { settings: 'max_connections = 24' })).toEqual([
      `VALIDATE_POOLS_TOO_LARGE_FOR_READS ${place(database(), '20 }')}`,
    ]);
    expect(found({}, { settings: 'max_connections = 23' })).toEqual([
      `VALIDATE_POOLS_TOO_LARGE ${place(database(), '20 }')}`,
    ]);
  });

  it('counts every database and every pooler', () => {
    const settings = 'max_connections = 100';
    expect(found({ databases: 'x, y' }, { settings })).toEqual([]);
    expect(found({}, { settings, poolers: 2 })).toEqual([]);
    expect(found({ databases: 'x, y' }, { settings, poolers: 2 })).toHaveLength(1);
  });

  it('counts what is reserved, and what Patroni keeps', () => {
    expect(found({}, { settings: 'max_connections = 44\nsuperuser_reserved_connections = 4' })).toHaveLength(1);
    expect(found({}, { settings: "max_connections = 44\nreserved_connections = '1'" })).toHaveLength(1);
    const more = ', replicas: [b], failover: automatic, voters: [a, b, c]';
    const path = 'services/db/shared/10-restart.yaml';
    const yaml = (limit: number) => ({ path, settings: `postgresql:\n  parameters:\n    max_connections: ${limit}` });
    expect(found({ more }, yaml(45))).toHaveLength(1);
    expect(found({ more }, yaml(46))).toEqual([]);
  });

  it("takes PostgreSQL's own limit where none is rendered, and not that of another service", () => {
    expect(found({ size: 48 }, { settings: 'work_mem = 4MB' })).toEqual([]);
    expect(found({ size: 49 }, { settings: 'work_mem = 4MB' })).toHaveLength(1);
    expect(found({}, { path: 'services/db-2/restart.conf', settings: 'max_connections = 10' })).toEqual([]);
  });

  it('says nothing without a pooler, and of a value that PostgreSQL refuses', () => {
    expect(found({}, { settings: 'max_connections = 5', poolers: 0 })).toEqual([]);
    expect(found({}, { settings: 'max_connections = lots' })).toEqual([]);
  });

  it('gives numbers that are accepted when they are written', () => {
    const few = { settings: 'max_connections = 30' };
    expect(hintOf({}, few)).toBe('write for db pooling: { size: 13 }, or tuning: { max_connections: 50 }');
    expect(found({ size: 13 }, few)).toEqual([]);
    expect(found({ size: 14 }, few)).toHaveLength(1);
    expect(found({}, { settings: 'max_connections = 50' })).toEqual([]);
    const tiny = { settings: 'max_connections = 5', poolers: 2 };
    expect(hintOf({}, tiny)).toBe('write for db tuning: { max_connections: 90 }');
    expect(found({}, { ...tiny, settings: 'max_connections = 90' })).toEqual([]);
  });

  it('shows its arithmetic', () => {
    const tree = rendered({ settings: 'max_connections = 60', poolers: 3 });
    const [writes] = poolerConnections.check({ ...parse(database({ databases: 'x, y' })), tree });
    expect(writes?.message).toContain('20 × 2 databases × 3 poolers = 120');
    expect(writes?.message).toContain('56 to give (max_connections 60 − 3 reserved − 1 of the guard)');
  });
});
