import type { Queryable } from './database.ts';

/** What the page shows of the warehouse. */
export type Overview = {
  readonly waybills: number;
  readonly scans: number;
  readonly uploads: number;
  readonly queued: number;
  readonly lastJobBy?: string;
};

/** Counts the warehouse. */
export async function countWarehouse(db: Queryable): Promise<Overview> {
  const { rows } = await db.query<Omit<Overview, 'lastJobBy'> & { last_job_by: string | null }>(
    `SELECT (SELECT count(*)::int FROM waybills) AS waybills, (SELECT count(*)::int FROM scans) AS scans,
            (SELECT count(*)::int FROM uploads) AS uploads,
            (SELECT count(*)::int FROM jobs WHERE done_at IS NULL) AS queued,
            (SELECT done_by FROM jobs WHERE done_at IS NOT NULL ORDER BY done_at DESC LIMIT 1) AS last_job_by`,
  );
  const { last_job_by: lastJobBy = null, ...counts } = rows[0] ?? { waybills: 0, scans: 0, uploads: 0, queued: 0 };
  return { ...counts, ...(lastJobBy === null ? {} : { lastJobBy }) };
}
