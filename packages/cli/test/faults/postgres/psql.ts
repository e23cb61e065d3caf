import type { TestFleet } from '../../e2e/support/fleet.ts';
import { inEngine } from '../support/look.ts';

/** Runs statements on one member's own socket as superuser, one after another, and gives their output. Throws when one fails. */
export function psql(fleet: TestFleet, server: string, ...statements: readonly string[]): Promise<string> {
  const script = `for statement; do
  psql -h /run/flotilla/guard -U postgres -d '${fleet.data.database}' -XAtq -v ON_ERROR_STOP=1 -v VERBOSITY=verbose -c "$statement" || exit 1
done`;
  return inEngine(fleet, server, 'postgres', script, ...statements);
}

/** Rows of a table that a test fills, and counts wherever they must be. */
export const PARCELS = {
  make: 'DROP TABLE IF EXISTS parcel; CREATE TABLE parcel (number bigint PRIMARY KEY, label text NOT NULL)',
  fill: (from: number, to: number) =>
    `INSERT INTO parcel SELECT number, md5(number::text) FROM generate_series(${from}, ${to}) number`,
  count: 'SELECT count(*) FROM parcel',
} as const;
