import { pollUntil, printable, remoteScript } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import type { EngineFacts } from '@flotilla/model';

import { engineContainer } from '../observe.ts';
import { serverView } from '../policy/view.ts';
import { proveFences } from '../prove-fences.ts';
import type { Divergence } from '../report.ts';
import { lookAt } from '../session.ts';
import type { Session } from '../session.ts';
import { untilFollows } from '../until-follows.ts';
import type { Change, ConsensusDriver, Return } from './driver.ts';
import { inContainer } from './mysql-binlogs.ts';
import { mysqlDriver } from './mysql.ts';

/** Transactions that run at the old primary get so long to end before they are ended. */
const PATIENCE_S = 5;
const STATEMENT_TIMEOUT_MS = 60_000;
/** A silent member is suspected after 5 s and expelled after `group_replication_member_expel_timeout`; then the others elect. */
const ELECTION_TIMEOUT_MS = 120_000;
const STEP = { intervalMs: 100 };

type Answer = { readonly text: string } | { readonly reason: string };

/** Runs one statement as the local root of a member, by the engine's own wrapper. */
async function ask({ fleet, target }: Session, server: string, statement: string): Promise<Answer> {
  const argv = [
    'docker',
    'exec',
    engineContainer(target),
    'sh',
    '/flotilla/current/guarded-mysql.sh',
    'ask',
    statement,
  ] as const;
  const result = await fleet.server(server).run({ argv, timeoutMs: STATEMENT_TIMEOUT_MS });
  if (result.exitCode === 0) return { text: printable(result.stdout.trim()) };
  return { reason: result.timedOut ? 'no answer in time' : printable(result.stderr.trim().split('\n').at(-1) ?? '') };
}

/** The group's own switch: the old primary ends what runs and refuses what is new, the new one applies everything before it takes writes. */
async function appoint(session: Session, to: string): Promise<Answer> {
  return ask(session, to, `SELECT group_replication_set_as_primary(@@server_uuid, ${PATIENCE_S})`);
}

async function handOver(session: Session, { from, to }: Change) {
  const { service } = session.target;
  const done = await appoint(session, to);
  const provedMs = session.clock.now();
  if ('reason' in done && (await factsOf(session, to))?.role !== 'primary') {
    const facts = { service, from, to, detail: done.reason, outcome: `${from} is primary` };
    throw new FlotillaError('FAILOVER_STOP_NOT_PROVED', facts);
  }
  await untilOpen(session, to);
  return { provedMs, evidence: await evidenceOf(session, { from, to }) };
}

/** What the old primary holds and refuses to add to, and that the new one holds all of it. */
async function evidenceOf(session: Session, { from, to }: Change): Promise<string> {
  const old = await ask(session, from, "SELECT CONCAT(@@super_read_only, ' ', REPLACE(@@gtid_executed, '\\n', ''))");
  const [isReadOnly, executed = ''] = 'text' in old ? old.text.split(' ') : [];
  if (isReadOnly !== '1') return `the group made ${to} primary`;
  const held = await ask(session, to, `SELECT GTID_SUBSET('${executed}', @@gtid_executed)`);
  const isWhole = 'text' in held && held.text === '1';
  return isWhole ? `${from} takes no writes, and ${to} holds everything it wrote` : `${from} takes no writes`;
}

/**
 * While a majority is left, it elects by itself as soon as it has expelled `from`, which nothing hastens; the role then moves on to `to`
 * where another was elected. Where none is left, every silent member is proved to be out, and `to` begins the group anew.
 */
async function replace(session: Session, { to }: Change): Promise<void> {
  const { members } = session.target;
  let isBegun = false;
  const step = async () => {
    const view = await lookAt(session, members);
    const engines = members.map((server) => ({ server, engine: serverView(view, server).guard?.engine }));
    const own = engines.find(({ server }) => server === to)?.engine;
    if (isOpenPrimary(own)) return true;
    const elected = engines.find(({ engine }) => isOpenPrimary(engine))?.server;
    if (elected !== undefined) await appoint(session, to);
    else if (isResting(own) && !isBegun && !engines.some(({ engine }) => engine?.role === 'replica')) {
      await beginAlone(session, to);
      isBegun = true;
    }
    return undefined;
  };
  const isDone = await pollUntil(step, { ...STEP, timeoutMs: ELECTION_TIMEOUT_MS, clock: session.clock });
  if (isDone === undefined) throw await promotionFailed(session, to);
}

/** Nobody else may still be in a group that we do not see. The permission is this server's alone, and is not replicated. */
async function beginAlone(session: Session, to: string): Promise<void> {
  const { members } = session.target;
  const view = await lookAt(session, members);
  const silent = members.filter(
    (server) => server !== to && serverView(view, server).guard?.engine.state !== 'running',
  );
  await proveFences(session, { view, members: silent, words: undefined });
  session.say('promote', `no majority of the group is left: ${to} begins it anew`);
  const allowed = await ask(
    session,
    to,
    `SET SESSION sql_log_bin = 0; SET GLOBAL super_read_only = 0; INSERT IGNORE INTO flotilla.alone VALUES (@@server_uuid); SET GLOBAL super_read_only = 1`,
  );
  if ('reason' in allowed) throw await promotionFailed(session, to, allowed.reason);
}

async function untilOpen(session: Session, server: string): Promise<void> {
  const isOpen = async () => (isOpenPrimary(await factsOf(session, server)) ? true : undefined);
  const open = await pollUntil(isOpen, { ...STEP, timeoutMs: STATEMENT_TIMEOUT_MS, clock: session.clock });
  if (open === undefined) throw await promotionFailed(session, server);
}

async function promotionFailed(session: Session, server: string, reason?: string): Promise<FlotillaError> {
  const facts = await factsOf(session, server);
  const state = facts === undefined ? 'its guard does not answer' : `it is ${facts.state}, ${facts.role}`;
  return new FlotillaError('FAILOVER_PROMOTION_FAILED', {
    service: session.target.service,
    server,
    detail: reason ?? state,
  });
}

async function factsOf(session: Session, server: string): Promise<EngineFacts | undefined> {
  return serverView(await lookAt(session, [server]), server).guard?.engine;
}

function isOpenPrimary(facts: EngineFacts | undefined): boolean {
  return facts?.state === 'running' && facts.role === 'primary' && facts.admits !== false;
}

function isResting(facts: EngineFacts | undefined): boolean {
  return facts?.state === 'running' && facts.role === 'none';
}

/** The guard has it join; where the group refuses it for what only it holds, that is kept aside and the group's data are copied. */
async function rejoin(session: Session, member: Return): Promise<Divergence | undefined> {
  await untilFollows(session, member);
  return divergenceOf(session, member);
}

/** Prints the number of the newest folder that was kept aside: the second in which it was. */
const NEWEST_KEPT =
  "ls -d /var/lib/mysql/data.superseded-* 2>/dev/null | sed -n 's/.*superseded-\\([0-9][0-9]*\\).*/\\1/p' | sort -n | tail -n 1";

/** What was kept before the last day belongs to an earlier return. */
const RECENT_MS = 24 * 60 * 60_000;

async function divergenceOf(session: Session, { server, primary }: Return): Promise<Divergence | undefined> {
  const { fleet, target, clock } = session;
  const remote = fleet.server(server);
  const term = Number((await inContainer(remote, target, remoteScript(NEWEST_KEPT, [])))?.trim());
  const facts = await factsOf(session, primary);
  if (facts === undefined || !(term * 1_000 > clock.now() - RECENT_MS)) return undefined;
  return mysqlDriver.countDivergence(remote, target, { primary: facts, term });
}

/** MySQL in a group that elects its primary itself, steered through the group's own functions. */
export const groupReplicationDriver: ConsensusDriver = { handOver, replace, rejoin };
