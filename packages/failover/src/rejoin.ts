import { pollUntil } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import type { Divergence } from './engines/driver.ts';
import { driverOf } from './engines/open.ts';
import { guardClient } from './guard-client.ts';
import { engineContainer } from './observe.ts';
import { isStreaming } from './policy/assess.ts';
import type { Assessment } from './policy/assess.ts';
import { serverView } from './policy/view.ts';
import type { RejoinReport } from './report.ts';
import { withFailoverLock } from './lock.ts';
import { look, openSession, refused } from './session.ts';
import type { FailoverTools, Session } from './session.ts';
import { refuse } from './policy/refusal.ts';

/** The wrapper moves the old data aside before the guard answers. */
const REJOIN_TIMEOUT_MS = 45_000;
/** A clone of a large database takes long; what is waited for is that it streams. */
const STREAM_TIMEOUT_MS = 30 * 60_000;

/**
 * Returns a superseded member as a replica: its container may start again, its data are kept aside when they diverged, and it
 * follows the primary. Gives how many commits only it had. May be repeated. Throws a refusal (nothing changed) or
 * FAILOVER_REJOIN_FAILED (it stays closed; nothing of its data is deleted).
 */
export async function rejoin(tools: FailoverTools, server: string): Promise<RejoinReport> {
  const session = openSession(tools);
  const { service, environment } = tools.target;
  const { view, assessment } = await look(session);
  const member = assessment.members.find((candidate) => candidate.server === server);
  const primary = assessment.primary;
  if (!member) {
    throw refused(refuse('FAILOVER_NOT_A_MEMBER', { service, server, members: tools.target.members }));
  }
  if (primary === undefined) throw refused(refuse('FAILOVER_NO_PRIMARY', { service, environment }));
  if (primary === server) throw refused(refuse('FAILOVER_REJOIN_PRIMARY', { service, server }));
  if (!member.reachable) throw failed(session, server, 'the server does not answer');
  const servers = view.servers.filter(({ reachable }) => reachable).map((each) => each.server);
  const reason = `rejoin of ${service} on ${server}`;
  return withFailoverLock(session, { servers, reason }, () => bringBack(session, server, primary));
}

async function bringBack(session: Session, server: string, primary: string): Promise<RejoinReport> {
  const { target, clock } = session;
  await startAgain(session, server);
  const { assessment } = await look(session);
  if (!streams(assessment, server)) await orderRejoin(session, server, assessment);
  session.say('rejoin', `${server} follows ${primary}`);
  const streaming = await pollUntil(
    async () => (streams((await look(session)).assessment, server) ? true : undefined),
    { intervalMs: 500, timeoutMs: STREAM_TIMEOUT_MS, clock },
  );
  if (streaming !== true) throw failed(session, server, 'it does not stream from the primary');
  const divergence = await divergenceOf(session, server, primary);
  return {
    environment: target.environment,
    service: target.service,
    server,
    primary,
    ...(divergence === undefined ? {} : { divergence }),
    tookMs: clock.now() - session.startedMs,
  };
}

async function divergenceOf(session: Session, server: string, primary: string): Promise<Divergence | undefined> {
  const { view, assessment } = await look(session);
  const facts = serverView(view, primary).guard?.engine;
  const term = assessment.term?.term;
  if (facts === undefined || term === undefined) return undefined;
  return driverOf(session.target).countDivergence(session.fleet.server(server), session.target, { primary: facts, term });
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
    if (result.exitCode !== 0) throw failed(session, server, result.stderr.trim());
  }
}

/** Waits for the guard to see the engine, gives it the chance to follow by itself, and orders the clone when it cannot. */
async function orderRejoin(session: Session, server: string, { term }: Assessment): Promise<void> {
  const { fleet, target, clock } = session;
  const body = { term: term?.term };
  const client = guardClient(fleet.server(server), target.environment);
  const outcome = await pollUntil(
    async () => {
      const { assessment } = await look(session);
      if (streams(assessment, server)) return 'streams';
      const reply = await client.post(`/${target.service}/rejoin`, body, REJOIN_TIMEOUT_MS);
      return reply.kind === 'accepted' ? 'ordered' : undefined;
    },
    { intervalMs: 1_000, timeoutMs: 60_000, clock },
  );
  if (outcome === undefined) throw failed(session, server, 'its guard refuses the rejoin');
}

function streams(assessment: Assessment, server: string): boolean {
  const member = assessment.members.find((candidate) => candidate.server === server);
  return member !== undefined && isStreaming(member);
}

function failed(session: Session, server: string, detail: string) {
  return new FlotillaError('FAILOVER_REJOIN_FAILED', { service: session.target.service, server, detail });
}
