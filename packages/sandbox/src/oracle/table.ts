import { FlotillaError } from '@flotilla/model';

import type { TableRow } from './log.ts';
import { openSession } from './open-session.ts';
import type { Session } from './session.ts';
import type { OracleTarget, Patience } from './target.ts';

const PATIENCE: Patience = { connectMs: 5_000, statementMs: 30_000 };

/** Makes the oracle's table unless it is there. Throws SANDBOX_ORACLE_FAILED. */
export async function createTable(target: OracleTarget): Promise<void> {
  await ask('creating the table', target, (session) => session.prepare());
}

/** Gives the rows of one run as the engine at `target` has them, by number. Throws SANDBOX_ORACLE_FAILED. */
export async function readRows(target: OracleTarget, run: string): Promise<readonly TableRow[]> {
  return ask('reading the table', target, (session) => session.read(run));
}

async function ask<T>(step: string, target: OracleTarget, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    const session = await openSession(target, PATIENCE);
    try {
      return await work(session);
    } finally {
      session.destroy();
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new FlotillaError('SANDBOX_ORACLE_FAILED', { step, detail }, { cause: error });
  }
}
