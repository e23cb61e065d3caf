import type pg from 'pg';

import { isHeader, linesOf, parseRow } from './csv.ts';
import type { WaybillRow } from './csv.ts';
import { inTransaction } from './database.ts';
import type { Queryable } from './database.ts';
import { enqueue } from './queue.ts';

const BATCH = 1_000;

/** What became of an upload. `known` rows were there before, `invalid` ones have no waybill number. */
export type UploadResult = {
  readonly upload: string;
  readonly rows: number;
  readonly inserted: number;
  readonly known: number;
  readonly invalid: number;
  readonly job: string;
};

/** A waybill that was scanned. */
export type ScannedWaybill = { readonly number: string; readonly consignee: string; readonly scans: number };

/** Inserts the waybills of a CSV file and queues its check, in one transaction: all of it or nothing. */
export async function receiveUpload(pool: pg.Pool, body: AsyncIterable<Uint8Array>): Promise<UploadResult> {
  return await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>('INSERT INTO uploads (row_count) VALUES (0) RETURNING id');
    const upload = rows[0]?.id ?? '';
    const counts = { rows: 0, inserted: 0, invalid: 0 };
    let batch: WaybillRow[] = [];
    let isFirst = true;
    for await (const line of linesOf(body)) {
      const skip = isFirst && isHeader(line);
      isFirst = false;
      if (skip) continue;
      counts.rows += 1;
      const row = parseRow(line);
      if (row) batch.push(row);
      else counts.invalid += 1;
      if (batch.length < BATCH) continue;
      counts.inserted += await insertBatch(client, upload, batch);
      batch = [];
    }
    counts.inserted += await insertBatch(client, upload, batch);
    await client.query('UPDATE uploads SET row_count = $2 WHERE id = $1', [upload, counts.rows]);
    const job = await enqueue(client, 'check-upload', { upload });
    return { upload, ...counts, known: counts.rows - counts.inserted - counts.invalid, job };
  });
}

async function insertBatch(client: Queryable, upload: string, batch: readonly WaybillRow[]): Promise<number> {
  if (batch.length === 0) return 0;
  const { rowCount } = await client.query(
    `INSERT INTO waybills (number, consignee, upload_id)
     SELECT number, consignee, $3 FROM unnest($1::text[], $2::text[]) AS row(number, consignee)
     ON CONFLICT DO NOTHING`,
    [batch.map((row) => row.number), batch.map((row) => row.consignee), upload],
  );
  return rowCount ?? 0;
}

/** Records a scan and gives the waybill, or `undefined` when there is none of that number. */
export async function scan(db: Queryable, number: string, server: string): Promise<ScannedWaybill | undefined> {
  const { rows } = await db.query<{ number: string; consignee: string; scans: number }>(
    `WITH found AS (SELECT number, consignee FROM waybills WHERE number = $1),
          noted AS (INSERT INTO scans (number, server) SELECT number, $2 FROM found)
     SELECT number, consignee, 1 + (SELECT count(*)::int FROM scans WHERE number = $1) AS scans FROM found`,
    [number.trim().toUpperCase(), server],
  );
  return rows[0];
}
