import type { RemoteServer } from '@flotilla/exec';
import { compareText, FlotillaError } from '@flotilla/model';

import type { DeployReport } from '../report.ts';
import { planWaves } from '../plan/index.ts';
import type { ServerChanges, Wave } from '../plan/index.ts';
import type { DeployContext, DeployOptions } from './context.ts';
import { undrainOnTrial } from './drain.ts';
import { openLedger } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { demandData, demandServers } from './demands.ts';
import { beat, releaseLocks, retakeLocks, takeLocks } from './locks.ts';
import { runWaves } from './run.ts';
import type { Outcome } from './run.ts';
import { isNothingToDo, survey } from './survey.ts';
import type { Survey } from './survey.ts';

/**
 * Makes the fleet run `tree` and says how that ended; never throws a `FlotillaError`. Reads every server once, and when nothing differs
 * touches none of them. Otherwise it locks the servers concerned, brings everything to them, and changes unit after unit behind its gate; when a
 * gate fails, every stateless unit that it changed returns to its previous release. Safe to repeat after any end.
 * @example const report = await deploy({ fleet, tree, secrets, gate: gateUnit, clock, events, holder: 'maria', reason: 'merge 42' });
 */
export async function deploy(options: DeployOptions): Promise<DeployReport> {
  const ledger = openLedger();
  const first = await survey(options);
  tell(options, first);
  try {
    demandServers(first, options.tree.environment);
    demandData(first, options.tree);
    if (isNothingToDo(first)) return report(options, first, { ledger, outcome: { kind: 'unchanged' } });
    return await underLocks(options, first, ledger);
  } catch (error) {
    if (!(error instanceof FlotillaError)) throw error;
    return report(options, first, { ledger, outcome: { kind: 'failed', reason: error } });
  }
}

async function underLocks(options: DeployOptions, first: Survey, ledger: Ledger): Promise<DeployReport> {
  const { tree, clock, holder, reason, fleet } = options;
  const at = new Date(clock.now()).toISOString();
  const owner = { kind: 'deploy', holder, reason, at } as const;
  const request = {
    environment: tree.environment,
    servers: toLock(options, first),
    owner,
    clock,
    events: options.events,
  };
  const held = new Map((await takeLocks(request)).map((lock) => [lock.server.name, lock]));
  const heart = new AbortController();
  const beating = beat(held, clock, heart.signal);
  try {
    for (const [server, { token }] of held) options.events({ kind: 'locked', server, token });
    // Somebody may have deployed between the first look and the lock.
    const now = restrict(await survey(options), held);
    const reachable = fleet.servers.map(({ name }) => name).filter((name) => now.observations.has(name));
    const relock = () => retakeLocks(held, { owner, clock });
    const context: DeployContext = { ...options, environment: tree.environment, locks: held, relock, reachable };
    return report(options, now, { ledger, outcome: await act(context, now, ledger) });
  } finally {
    heart.abort();
    await beating;
    await releaseLocks([...held.values()]);
  }
}

async function act(context: DeployContext, now: Survey, ledger: Ledger): Promise<Outcome> {
  if (isNothingToDo(now)) return { kind: 'unchanged' };
  demandData(now, context.tree);
  await undrainOnTrial(context, now.leftDrained);
  for (const { server, entries } of now.leftDrained) context.events({ kind: 'maintenance-ended', server, entries });
  const waves = wavesOf(context, now);
  demandEdges(now, waves);
  return await runWaves(context, { survey: now, waves, ledger });
}

function wavesOf({ tree }: DeployContext, { changes, roles }: Survey): readonly Wave[] {
  return planWaves({ after: tree, changes, ...roles });
}

function demandEdges({ unreachable }: Survey, waves: readonly Wave[]): void {
  for (const { drains, changes } of waves.flatMap(({ groups }) => groups)) {
    const missing = drains.find(({ edgeServer }) => unreachable.has(edgeServer));
    if (missing === undefined) continue;
    const services = changes.map(({ service }) => service);
    throw new FlotillaError('DEPLOY_EDGE_UNREACHABLE', { server: missing.edgeServer, services });
  }
}

/** Servers that change, and those whose balancer drains them: two deploys must not drain into each other. */
function toLock({ fleet }: DeployOptions, { changes, leftDrained, unreachable }: Survey): readonly RemoteServer[] {
  const active = changes.filter(isActive);
  const drains = active.flatMap((one) => one.changes.flatMap((change) => change.unit?.drains ?? []));
  const names = new Set([
    ...active.map(({ server }) => server),
    ...drains.map(({ edgeServer }) => edgeServer).filter((name) => !unreachable.has(name)),
    ...leftDrained.map(({ server }) => server),
  ]);
  return fleet.servers
    .filter(({ name }) => names.has(name))
    .toSorted((left, right) => compareText(left.name, right.name));
}

function isActive({ changes }: ServerChanges): boolean {
  return changes.some(({ kind }) => kind !== 'none');
}

/** A server that answers only at the second look, or differs only then, was not locked. */
function restrict(now: Survey, locks: ReadonlyMap<string, unknown>): Survey {
  const isPostponed = (one: ServerChanges) => isActive(one) && !locks.has(one.server);
  return {
    ...now,
    changes: now.changes.filter((one) => !isPostponed(one)),
    postponed: now.changes.filter(isPostponed),
    leftDrained: now.leftDrained.filter(({ server }) => locks.has(server)),
  };
}

function tell({ events }: DeployOptions, { observations, unreachable, changes, kept }: Survey): void {
  events({ kind: 'observed', reached: [...observations.keys()], unreachable: [...unreachable.keys()] });
  const named = changes.flatMap(({ server, changes: list }) =>
    list.map(({ kind, service }) => ({ kind, server, service })),
  );
  const of = (isWanted: (kind: string) => boolean) =>
    named.filter(({ kind }) => isWanted(kind)).map(({ server, service }) => ({ server, service }));
  events({
    kind: 'planned',
    changes: of((kind) => kind !== 'none' && kind !== 'remove'),
    removals: of((kind) => kind === 'remove'),
  });
  for (const unit of kept) events({ kind: 'kept', ...unit });
}

type Ending = { readonly ledger: Ledger; readonly outcome: Outcome };

function report({ tree }: DeployOptions, seen: Survey, { ledger, outcome }: Ending): DeployReport {
  recordRest(seen, ledger);
  const isPartly =
    seen.postponed.length > 0 ||
    seen.targets.some(({ server }) => seen.unreachable.has(server)) ||
    seen.frozen.some(isActive);
  const isGood = outcome.kind === 'done' || outcome.kind === 'unchanged';
  return {
    outcome: isGood && isPartly ? 'partly' : outcome.kind,
    environment: tree.environment,
    digest: tree.digest,
    ...('reason' in outcome ? { reason: outcome.reason } : {}),
    handOvers: ledger.handOvers(),
    servers: ledger.servers(
      seen.targets.map(({ server }) => server),
      [...seen.unreachable.keys()],
    ),
  };
}

/** Records every unit that the run itself had nothing to record of. */
function recordRest(seen: Survey, ledger: Ledger): void {
  for (const { server, changes } of [...seen.changes, ...seen.postponed]) {
    for (const { kind, service, unit } of changes) {
      if (ledger.stateOf(server, service) !== undefined) continue;
      const release = unit === undefined ? {} : { release: unit.hash };
      const isUnchanged = kind === 'none';
      ledger.record(
        server,
        isUnchanged ? { service, state: 'unchanged', ...release } : { service, state: 'not-reached' },
      );
    }
  }
  for (const { server, changes } of seen.frozen) {
    const detail = seen.observations.get(server)?.hold ?? '';
    for (const { service } of changes) ledger.record(server, { service, state: 'held', detail });
  }
  for (const { server, service } of seen.kept) ledger.record(server, { service, state: 'kept' });
}
