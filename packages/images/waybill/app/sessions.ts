import { randomBytes } from 'node:crypto';

import type { Queryable } from './database.ts';

/** Name of the cookie that carries the session's identity. */
export const SESSION_COOKIE = 'waybill_session';

/** One visitor's session, as every application server sees it. */
export type Session = {
  readonly id: string;
  /** Visits so far, this one included. */
  readonly counter: number;
  readonly createdAt: Date;
  /** Server that answered the visit before this one; absent on the first. */
  readonly previousServer?: string;
};

type Row = { readonly counter: number; readonly created_at: Date; readonly previous: string };

/** Counts a visit. An identity that the database does not know is replaced by a new one, so nobody chooses their own. */
export async function visit(db: Queryable, cookie: string | undefined, server: string): Promise<Session> {
  const known = sessionIdIn(cookie);
  if (known !== undefined) {
    const { rows } = await db.query<Row>(
      `UPDATE sessions s SET counter = s.counter + 1, last_server = $2, seen_at = now()
       FROM (SELECT id, last_server AS previous FROM sessions WHERE id = $1 FOR UPDATE) o
       WHERE s.id = o.id RETURNING s.counter, s.created_at, o.previous`,
      [known, server],
    );
    const row = rows[0];
    if (row) return { id: known, counter: row.counter, createdAt: row.created_at, previousServer: row.previous };
  }
  const id = randomBytes(16).toString('hex');
  await db.query('INSERT INTO sessions (id, counter, last_server) VALUES ($1, 1, $2)', [id, server]);
  return { id, counter: 1, createdAt: new Date() };
}

/** Forgets the sessions that nobody used for a week and tells how many there were. */
export async function forgetOldSessions(db: Queryable): Promise<number> {
  const { rowCount } = await db.query("DELETE FROM sessions WHERE seen_at < now() - interval '7 days'");
  return rowCount ?? 0;
}

/** Gives the session's identity in a Cookie header. */
function sessionIdIn(cookie: string | undefined): string | undefined {
  return new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([0-9a-f]{32})(?:;|$)`).exec(cookie ?? '')?.[1];
}
