import { until } from './fleet.ts';
import type { TestFleet } from './fleet.ts';
import type { TestServer } from './server.ts';

/** The one table of the tests, whose rows are numbers. */
export type Table = {
  /** Writes one row; returns when it was acknowledged. */
  insert(server: TestServer, number: number): Promise<void>;
  /** Gives every row, sorted. */
  numbersOn(server: TestServer): Promise<readonly number[]>;
  /** Waits until a server shows as many rows as `numbers` has. */
  untilShown(server: TestServer, numbers: readonly number[]): Promise<void>;
};

/** Creates the table on db1. */
export async function createTable(fleet: TestFleet): Promise<Table> {
  await until('the owner to get in', async () => (await fleet.query(fleet.db1, 'SELECT 1')).length === 1);
  await fleet.query(fleet.db1, 'CREATE TABLE waybills (number int PRIMARY KEY)');
  const numbersOn = async (server: TestServer) => {
    const rows = await fleet.query<{ number: number }>(server, 'SELECT number FROM waybills ORDER BY number');
    return rows.map(({ number }) => number);
  };
  return {
    numbersOn,
    insert: async (server, number) => void (await fleet.query(server, 'INSERT INTO waybills VALUES ($1)', [number])),
    untilShown: async (server, numbers) => {
      const isThere = async () => (await numbersOn(server)).length === numbers.length;
      await until(`${numbers.length} rows on ${server.name}`, isThere);
    },
  };
}

/** Gives the numbers 1 to `last`. */
export function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
