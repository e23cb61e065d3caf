import { appendJournal, lastLines, pollUntil, remoteScript } from '@flotilla/exec';
import type { JournalEntry, RemoteCommand, RemoteResult, RemoteServer } from '@flotilla/exec';
import { FlotillaError, paths } from '@flotilla/model';
import type { ServiceUnit } from '@flotilla/model';

import { MAKE_DIRECTORIES, MARK_APPLIED, MARK_FAILED, SWAP_AND_UP } from './change-scripts.ts';
import { lockOf, projectOf } from './context.ts';
import type { DeployContext, GateVerdict, ReleaseChange } from './context.ts';
import { REATTACH, runDetached } from './detached.ts';

const UP_LIMIT_SECONDS = 300;
const TIMEOUT_MS = 30_000;
/** A fenced script ends with this when somebody else holds the lock. */
const TAKEN_OVER = 76;

/**
 * Makes a server run a unit's release and waits for its gate. The release must be on the server. Throws DEPLOY_STEP_FAILED,
 * DEPLOY_LOCK_LOST, DEPLOY_GATE_FAILED or DEPLOY_OUTCOME_UNKNOWN; after each of them the release is the `current` one but not `applied`.
 */
export async function changeUnit(context: DeployContext, change: ReleaseChange): Promise<void> {
  const { unit, from, mode } = change;
  const { server, service } = unit;
  context.events({ kind: 'changing', server, service, from, to: unit.hash });
  await note(context, change, 'begin');
  await makeDirectories(context, change);
  await swapAndUp(context, change);
  context.events({ kind: mode === 'reload' ? 'reloaded' : 'started', server, service });
  await passGate(context, change);
}

/** Records that a release is well; it is the one that a later failure returns to. */
export async function markApplied(context: DeployContext, change: ReleaseChange): Promise<void> {
  const { environment, token } = lockOf(context, change.unit.server);
  const { server, service, hash } = change.unit;
  const args = [paths.root(environment), service, hash, paths.lock(environment), String(token)];
  await step(context, change, { action: 'recording', argv: remoteScript(MARK_APPLIED, args), timeoutMs: TIMEOUT_MS });
  await note(context, change, 'end');
  context.events({ kind: 'applied', server, service, release: hash });
}

async function makeDirectories(context: DeployContext, change: ReleaseChange): Promise<void> {
  const { directories, service } = change.unit;
  if (directories.length === 0) return;
  const name = `flotilla-${projectOf(context.environment, service)}`;
  const argv = remoteScript(MAKE_DIRECTORIES, [name, ...directories]);
  await step(context, change, { action: 'making folders for', argv, timeoutMs: TIMEOUT_MS });
}

async function swapAndUp(context: DeployContext, change: ReleaseChange): Promise<void> {
  const { environment, token, server } = lockOf(context, change.unit.server);
  const { service, hash, reload } = change.unit;
  const root = paths.root(environment);
  const project = projectOf(environment, service);
  const command = change.mode === 'reload' && reload !== undefined ? ['reload', ...reload] : [];
  const args = [root, service, hash, project, paths.lock(environment), String(token), ...command];
  const detached = {
    folder: `${root}/steps`,
    id: `${token}-${service}-${hash.slice(0, 16)}`,
    argv: remoteScript(SWAP_AND_UP, args),
    limitSeconds: UP_LIMIT_SECONDS,
  };
  judge(change, 'starting', await runDetached(server, detached, context.clock));
}

async function passGate(context: DeployContext, { unit }: ReleaseChange): Promise<void> {
  const { server, service } = unit;
  const verdict = await askGate(context, unit);
  switch (verdict.kind) {
    case 'healthy':
      context.events({ kind: 'healthy', server, service });
      return;
    case 'unhealthy': {
      context.events({ kind: 'unhealthy', server, service, ...verdict.evidence });
      const argv = remoteScript(MARK_FAILED, [paths.root(context.environment), service, unit.hash]);
      await context.fleet.server(server).run({ argv, timeoutMs: TIMEOUT_MS });
      throw new FlotillaError('DEPLOY_GATE_FAILED', { server, service, ...verdict.evidence });
    }
    case 'unknown':
      throw new FlotillaError('DEPLOY_OUTCOME_UNKNOWN', { server, service, detail: verdict.detail });
    default:
      throw new Error(`unreachable: ${String(verdict satisfies never)}`);
  }
}

/** A gate only asks, so it is asked again for a while when the connection breaks. */
async function askGate(context: DeployContext, { server, service, gates }: ServiceUnit): Promise<GateVerdict> {
  const target = { project: projectOf(context.environment, service), gates };
  const ask = () => context.gate(context.fleet.server(server), target);
  const first = await ask();
  if (first.kind !== 'unknown') return first;
  const later = await pollUntil(
    async () => {
      const verdict = await ask();
      return verdict.kind === 'unknown' ? undefined : verdict;
    },
    { ...REATTACH, clock: context.clock },
  );
  return later ?? first;
}

/** Writes one line about a unit into the journal of its server. */
export async function note(
  context: DeployContext,
  { unit, from }: ReleaseChange,
  event: JournalEntry['event'],
): Promise<void> {
  const { token, server, environment } = lockOf(context, unit.server);
  const at = new Date(context.clock.now()).toISOString();
  const base = { at, run: token, event, service: unit.service, to: unit.hash };
  await asStep(unit, appendJournal(server, environment, from === undefined ? base : { ...base, from }));
}

/** Runs a command of a step on the unit's server. Throws DEPLOY_STEP_FAILED or DEPLOY_OUTCOME_UNKNOWN. */
export async function step(
  context: DeployContext,
  change: ReleaseChange,
  { action, ...command }: RemoteCommand & { readonly action: string },
): Promise<RemoteResult> {
  const server: RemoteServer = context.fleet.server(change.unit.server);
  return judge(change, action, await server.run(command));
}

function judge({ unit }: ReleaseChange, action: string, result: RemoteResult): RemoteResult {
  const { server, service } = unit;
  const detail = lastLines(`${result.stdout}\n${result.stderr}`) || 'it said nothing';
  if (result.unreachable || result.timedOut) {
    throw new FlotillaError('DEPLOY_OUTCOME_UNKNOWN', { server, service, detail });
  }
  if (result.exitCode === TAKEN_OVER) throw new FlotillaError('DEPLOY_LOCK_LOST', { server });
  if (result.exitCode !== 0) throw new FlotillaError('DEPLOY_STEP_FAILED', { server, service, action, detail });
  return result;
}

async function asStep({ server, service }: ReleaseChange['unit'], work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof FlotillaError)) throw error;
    if (error.code === 'EXEC_REMOTE_FAILED') {
      const facts = { server, service, action: 'journalling', detail: error.message };
      throw new FlotillaError('DEPLOY_STEP_FAILED', facts, { cause: error });
    }
    throw new FlotillaError('DEPLOY_OUTCOME_UNKNOWN', { server, service, detail: error.message }, { cause: error });
  }
}
