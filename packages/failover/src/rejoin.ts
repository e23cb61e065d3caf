import { pollUntil } from '@flotilla/exec';

import { electorateWithout, hasEtcd, returnVoter } from './engines/etcd-voter.ts';
import { consensusOf, driverOf } from './engines/open.ts';
import { stopOverSsh } from './fence.ts';
import { guardClient } from './guard-client.ts';
import { inSession } from './interrupted.ts';
import { isolatedOn, liftIsolation } from './isolate.ts';
import { withFailoverLock } from './lock.ts';
import { engineContainer } from './observe.ts';
import type { GuardedTarget } from './observe.ts';
import { isStreaming } from './policy/assess.ts';
import type { Assessment } from './policy/assess.ts';
import { refuse } from './policy/refusal.ts';
import type { Electorate } from './policy/voters.ts';
import { reachableServers, serverView } from './policy/view.ts';
import { reach } from './reach.ts';
import { recorded } from './record.ts';
import type { Divergence, RejoinReport } from './report.ts';
import { saveDivergence } from './save-divergence.ts';
import type { SaveChunk } from './save-divergence.ts';
import { look, lookAtFirst, notReturned, refused } from './session.ts';
import type { FailoverTools, Session } from './session.ts';
import { untilFollows } from './until-follows.ts';

/** The wrapper moves the old data aside before the guard answers. */
const REJOIN_TIMEOUT_MS = 45_000;

export type RejoinOptions = {
  /** Switch the machine on first when it does not answer. */
  readonly powerOn?: boolean;
  /** Receives what only the member had, in a form that people can read. */
  readonly save?: SaveChunk;
};

/**
 * Returns a superseded member as a replica: its isolation is lifted once it lies still, its container may start again, its data are kept
 * aside when they diverged, and it follows the primary. A voter of Patroni's whose etcd is silent votes again first. Gives how many commits
 * only it had. May be repeated. Throws a refusal (nothing changed), FAILOVER_NO_QUORUM or FAILOVER_REJOIN_FAILED (it stays closed; nothing of
 * its data is deleted) or FAILOVER_INTERRUPTED.
 */
export async function rejoin(tools: FailoverTools, server: string, options: RejoinOptions = {}): Promise<RejoinReport> {
  return inSession(tools, 'rejoin', (session) => rejoinMember(session, server, options));
}

async function rejoinMember(session: Session, server: string, options: RejoinOptions): Promise<RejoinReport> {
  const first = await lookAtFirst(session);
  const lame = await electorateWithout(session, server);
  const primary = checkRejoin(session.target, { server, assessment: first.assessment, isLame: lame !== undefined });
  const sight = await reach(session, { server, isPowered: options.powerOn === true, sight: first });
  const reason = `rejoin of ${session.target.service} on ${server}`;
  const { view } = sight;
  return withFailoverLock(session, { servers: reachableServers(view), reason }, async (lock) => {
    await lock.confirm();
    const returning = { server, primary, lame, options, isDeployed: serverView(view, server).container !== 'missing' };
    return recorded(session, { kind: 'rejoin', view }, () => bringBack(session, returning));
  });
}

type Asked = { readonly server: string; readonly assessment: Assessment; readonly isLame: boolean };

/** A primary whose vote is missing gets its vote back, and keeps its role. */
function checkRejoin(target: GuardedTarget, { server, assessment, isLame }: Asked): string {
  const { service, environment, primary } = assessment;
  const { members } = target;
  if (!members.includes(server) && !hasEtcd(target, server))
    throw refused(refuse('FAILOVER_NOT_A_MEMBER', { service, server, members }));
  if (primary === undefined) throw refused(refuse('FAILOVER_NO_PRIMARY', { service, environment }));
  if (primary === server && !isLame) throw refused(refuse('FAILOVER_REJOIN_PRIMARY', { service, server }));
  return primary;
}

type Return = {
  readonly server: string;
  readonly primary: string;
  /** Who votes, where this server should and does not. */
  readonly lame: Electorate | undefined;
  /** False on a machine that was replaced: a deploy, which waits for its vote, brings the rest. */
  readonly isDeployed: boolean;
  readonly options: RejoinOptions;
};

async function bringBack(session: Session, returning: Return): Promise<RejoinReport> {
  const { server, primary, lame, isDeployed, options } = returning;
  const { target, clock } = session;
  const follows = target.members.includes(server) && server !== primary && (lame === undefined || isDeployed);
  if (follows) await liftIsolationOf(session, server);
  const voter = lame === undefined ? undefined : await returnVoter(session, server, lame);
  const divergence = follows ? await followAgain(session, server, primary) : undefined;
  const saved =
    divergence === undefined || options.save === undefined
      ? undefined
      : await saveDivergence(session, divergence, options.save);
  return {
    kind: 'rejoin',
    environment: target.environment,
    service: target.service,
    server,
    primary,
    follows,
    ...(voter === undefined ? {} : { voter }),
    startedAt: new Date(session.startedMs).toISOString(),
    ...(divergence === undefined ? {} : { divergence }),
    ...(saved === undefined ? {} : { saved }),
    tookMs: clock.now() - session.startedMs,
    events: session.events,
  };
}

async function followAgain(session: Session, server: string, primary: string): Promise<Divergence | undefined> {
  await startAgain(session, server);
  const consensus = consensusOf(session.target);
  const divergence =
    consensus === undefined
      ? await followByTerm(session, server, primary)
      : await consensus.rejoin(session, { server, primary });
  session.say('rejoin', `${server} streams from ${primary}`);
  return divergence;
}

/** An isolated member may still be open to itself: it is stopped before anybody can reach it again. */
async function liftIsolationOf(session: Session, server: string): Promise<void> {
  const { fleet, target } = session;
  const isolating = await isolatedOn(fleet, server);
  if (isolating.length === 0) return;
  const { proved, detail } = await stopOverSsh(fleet.server(server), engineContainer(target));
  if (!proved) throw notReturned(session, server, `it is isolated, and could not be stopped: ${detail}`);
  const { failed: unlifted } = await liftIsolation(fleet, server);
  if (unlifted.length > 0)
    throw notReturned(session, server, `its isolation could not be lifted (${unlifted.join('; ')})`);
  session.say('isolate', `${isolating.join(', ')} let ${server} through again, where ${target.service} is stopped`);
  if (target.control === 'guard') await untilClosed(session, server);
}

/** The word of its guard is older than the isolation until it has read the others. */
async function untilClosed(session: Session, server: string): Promise<void> {
  const isClosed = async () => {
    const { view } = await look(session);
    const verdict = serverView(view, server).guard?.verdict.kind;
    return verdict === 'closed' || verdict === 'replica' ? true : undefined;
  };
  const closed = await pollUntil(isClosed, { intervalMs: 200, timeoutMs: 15_000, clock: session.clock });
  if (closed !== true) throw notReturned(session, server, 'its guard does not know of the new term');
}

async function followByTerm(session: Session, server: string, primary: string): Promise<Divergence | undefined> {
  const { assessment } = await look(session);
  if (!streams(assessment, server)) await orderRejoin(session, server, assessment);
  session.say('rejoin', `${server} follows ${primary}`);
  await untilFollows(session, { server, primary });
  return divergenceOf(session, server, primary);
}

async function divergenceOf(session: Session, server: string, primary: string): Promise<Divergence | undefined> {
  const { view, assessment } = await look(session);
  const facts = serverView(view, primary).guard?.engine;
  const term = assessment.term?.term;
  if (facts === undefined || term === undefined) return undefined;
  return driverOf(session.target).countDivergence(session.fleet.server(server), session.target, {
    primary: facts,
    term,
  });
}

/** A fence disabled the restart of the container; the guard decides what it may be from here on. */
async function startAgain(session: Session, server: string): Promise<void> {
  const container = engineContainer(session.target);
  const remote = session.fleet.server(server);
  for (const argv of [
    ['docker', 'update', '--restart=unless-stopped', container],
    ['docker', 'start', container],
  ] as const) {
    const result = await remote.run({ argv, timeoutMs: 30_000 });
    if (result.exitCode !== 0) throw notReturned(session, server, result.stderr.trim());
  }
}

/** Waits for the guard to see the engine, gives it the chance to follow by itself, and orders the clone when it cannot. */
async function orderRejoin(session: Session, server: string, { term }: Assessment): Promise<void> {
  const { fleet, target, clock } = session;
  const body = { term: term?.term };
  const client = guardClient(fleet.server(server), target.environment);
  let answer = 'no answer';
  const attempt = async () => {
    const { assessment } = await look(session);
    if (streams(assessment, server)) return 'streams';
    const reply = await client.post(`/${target.service}/rejoin`, body, REJOIN_TIMEOUT_MS);
    if (reply.kind === 'accepted') return 'ordered';
    answer = reply.reason;
    return undefined;
  };
  const outcome = await pollUntil(attempt, { intervalMs: 1_000, timeoutMs: 60_000, clock });
  if (outcome === undefined) throw notReturned(session, server, `its guard refuses the rejoin: ${answer}`);
}

function streams(assessment: Assessment, server: string): boolean {
  const member = assessment.members.find((candidate) => candidate.server === server);
  return member !== undefined && isStreaming(member);
}
