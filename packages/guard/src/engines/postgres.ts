import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

import type { EngineFacts, GuardedService } from '@flotilla/model';

import { readIfPresent, writeAtomically } from '../store/atomic-file.ts';
import type { Engine } from './engine.ts';
import type { EnginePlace } from './place.ts';
import { keepConnection, socketOf, withConnection } from './postgres-connection.ts';
import type { Query, Socket } from './postgres-connection.ts';
import { factsOfRow, FACTS_QUERY } from './postgres-facts.ts';
import type { FactsRow } from './postgres-facts.ts';
import { slotName, tendSlots } from './postgres-slots.ts';
import { Synchrony } from './postgres-synchrony.ts';
import { parseWrapperFacts } from './wrapper-facts.ts';

const ACCESS_TIMEOUT_MS = 1_000;
const PROMOTION_TIMEOUT_S = 30;

/** Gives the engine behind the wrapper's run folder. Connects on use and again after a failure. */
export function openPostgres(
  service: Pick<GuardedService, 'service' | 'members' | 'synchronous'>,
  place: EnginePlace,
): Engine {
  const socket = socketOf(service.service, place);
  const { query, drop } = keepConnection(socket);
  const others = service.members.filter((member) => member !== place.ownServer);
  const { synchronous: mode } = service;
  const synchrony = mode === undefined ? undefined : new Synchrony(mode, () => performance.now());
  const isOpenTo = watchAccess(socket, place.runFolder);
  const factsOf = async (written: EngineFacts): Promise<EngineFacts> => {
    const row = (await query<FactsRow>(FACTS_QUERY))[0];
    if (row === undefined) return { ...written, state: 'unknown' };
    const facts = factsOfRow(row, written);
    const admits = await isOpenTo(written);
    return {
      ...facts,
      ...(admits === undefined ? {} : { admits }),
      ...(synchrony === undefined || row.isReplica ? {} : { synchronous: synchrony.read(row, others) }),
    };
  };
  return {
    observe: () => observe(place.runFolder, factsOf),
    promote: () => promote(socket),
    tend: async (facts) => {
      const isPrimary = facts.role === 'primary';
      if (mode === 'preferred' && synchrony !== undefined) {
        await (isPrimary ? tendSynchrony(query, place.runFolder, synchrony) : awaitRelease(query, place.runFolder));
      }
      await tendSlots(query, isPrimary ? others.map(slotName) : []);
    },
    close: () => Promise.resolve(drop()),
  };
}

async function observe(
  runFolder: string,
  factsOf: (written: EngineFacts) => Promise<EngineFacts>,
): Promise<EngineFacts> {
  const history = readIfPresent(join(runFolder, 'history'));
  const written = parseWrapperFacts(readIfPresent(join(runFolder, 'facts')), history);
  if (written.state !== 'running') return written;
  try {
    return await factsOf(written);
  } catch {
    return { ...written, state: 'unknown' };
  }
}

/**
 * Gives whether an engine admits clients. That the wrapper wrote the open rules says little: a session that began after the engine read
 * them proves it, because whoever forks sessions re-reads settings and rules together. Asked once per start; `undefined` when nothing says.
 */
function watchAccess(socket: Socket, runFolder: string) {
  let provedFor: string | undefined;
  return async ({ admits, startId }: EngineFacts): Promise<boolean | undefined> => {
    if (admits !== true || startId === undefined || startId === provedFor) return admits;
    const writtenMs = statSync(join(runFolder, 'pg_hba.conf')).mtimeMs;
    const rows = await withConnection(socket, ACCESS_TIMEOUT_MS, (query) =>
      query<{ loadedMs: string }>('SELECT extract(epoch FROM pg_conf_load_time()) * 1000 AS "loadedMs"'),
    );
    if (Number(rows[0]?.loadedMs) < writtenMs) return false;
    provedFor = startId;
    return true;
  };
}

async function promote(socket: Socket): ReturnType<Engine['promote']> {
  const timeoutMs = PROMOTION_TIMEOUT_S * 1_000 + ACCESS_TIMEOUT_MS;
  try {
    return await withConnection(socket, timeoutMs, async (query) => {
      await query('SELECT pg_promote(true, $1)', [PROMOTION_TIMEOUT_S]);
      const isPrimary = (await query<{ r: boolean }>('SELECT pg_is_in_recovery() AS r'))[0]?.r === false;
      return isPrimary ? { kind: 'promoted' } : { kind: 'failed', reason: 'still in recovery' };
    });
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Included by the rendered settings of a `preferred` service, after the standbys that they name. */
function releaseFile(runFolder: string): string {
  return join(runFolder, 'synchronous.conf');
}

async function tendSynchrony(query: Query, runFolder: string, synchrony: Synchrony): Promise<void> {
  const step = synchrony.step();
  if (step === 'release') await release(query, runFolder);
  if (step !== 'demand') return;
  rmSync(releaseFile(runFolder), { force: true });
  await query('SELECT pg_reload_conf()');
}

/** A replica that is promoted begins without a standby, and must not hold its first commits until it has waited in vain. */
async function awaitRelease(query: Query, runFolder: string): Promise<void> {
  const [row] = await query<{ names: string }>(`SELECT current_setting('synchronous_standby_names') AS names`);
  if (row?.names !== '') await release(query, runFolder);
}

async function release(query: Query, runFolder: string): Promise<void> {
  writeAtomically(releaseFile(runFolder), "synchronous_standby_names = ''\n");
  await query('SELECT pg_reload_conf()');
}
