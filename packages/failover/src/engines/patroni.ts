import { printable, remoteScript } from '@flotilla/exec';
import type { RemoteResult } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { engineContainer } from '../observe.ts';
import type { Divergence } from '../report.ts';
import type { Session } from '../session.ts';
import { untilFollows } from '../until-follows.ts';
import type { Change, ConsensusDriver, Return } from './driver.ts';
import { HALF_DONE, leaderScript, parseMove, UNCHANGED } from './patroni-move.ts';
import type { Move } from './patroni-move.ts';
import { postgresDriver } from './postgres.ts';

/** Patroni waits for a synchronous standby, the database writes a checkpoint, and every standby receives the end of the log. */
const CHANGE_TIMEOUT_MS = 150_000;

/** Patroni's own switchover; its lock is freed for `to` as soon as `to` has received the end of the log. */
async function handOver(session: Session, { from, to }: Change) {
  const { service } = session.target;
  const { result, move } = await moveLeader(session, from, { action: 'hand-over', from, to });
  if (result.exitCode === 0 && move.end !== undefined) {
    const provedMs = session.clock.now() - (move.sinceProofMs ?? 0);
    return { provedMs, evidence: `${from} stopped cleanly at ${move.end}, ${to} has received ${move.received ?? '?'}` };
  }
  if (result.exitCode === UNCHANGED) {
    const facts = { service, from, to, detail: reasonOf(result, move), outcome: `${from} is primary` };
    throw new FlotillaError('FAILOVER_STOP_NOT_PROVED', facts);
  }
  throw new FlotillaError('FAILOVER_PROMOTION_FAILED', { service, server: to, detail: reasonOf(result, move) });
}

/** The lock is taken from `from` only if it is still its own: whoever Patroni elected meanwhile keeps it. */
async function replace(session: Session, { from, to }: Change): Promise<void> {
  const { result, move } = await moveLeader(session, to, { action: 'replace', from, to });
  if (result.exitCode === 0) return;
  const facts = { service: session.target.service, server: to, detail: reasonOf(result, move) };
  throw new FlotillaError('FAILOVER_PROMOTION_FAILED', facts);
}

type Moved = { readonly result: RemoteResult; readonly move: Move };

async function moveLeader(
  { fleet, target }: Session,
  server: string,
  { action, from, to }: Change & { readonly action: 'hand-over' | 'replace' },
): Promise<Moved> {
  const result = await fleet.server(server).run({
    argv: ['docker', 'exec', '-i', engineContainer(target), 'python3', '-', action, from, to],
    stdin: leaderScript(),
    timeoutMs: CHANGE_TIMEOUT_MS,
  });
  return { result, move: parseMove(result.stdout) };
}

function reasonOf({ exitCode, stderr, timedOut }: RemoteResult, { reason }: Move): string {
  if (timedOut) return 'no answer in time';
  const last = printable(stderr.trim().split('\n').at(-1) ?? '');
  return reason ?? (exitCode === HALF_DONE || last === '' ? 'no reason was given' : last);
}

/** Patroni brings it back by itself, and keeps aside what it held where the histories part. */
async function rejoin(session: Session, member: Return): Promise<Divergence | undefined> {
  await untilFollows(session, member);
  return divergenceOf(session, member.server);
}

/** The last line of the newest history says where the timeline before this one ended: only what was kept of that one is new. */
const LAST_FORK = `
for file in "$PGDATA"/pg_wal/*.history; do [ ! -f "$file" ] || newest=$file; done
[ -n "\${newest:-}" ] || exit 0
grep -E '^[0-9]' "$newest" | tail -n 1
`;

async function divergenceOf({ fleet, target }: Session, server: string): Promise<Divergence | undefined> {
  const remote = fleet.server(server);
  const argv = ['docker', 'exec', '-u', 'postgres', engineContainer(target), ...remoteScript(LAST_FORK, [])] as const;
  const { stdout } = await remote.run({ argv, timeoutMs: 15_000 });
  const fork = parseFork(stdout);
  if (fork === undefined) return undefined;
  const primary = { state: 'running', role: 'primary', history: [fork] } as const;
  return postgresDriver.countDivergence(remote, target, { primary, term: fork.timeline });
}

/** Gives a line of a timeline's history: `2 0/506F5D0 no recovery target specified`. */
export function parseFork(line: string): { readonly timeline: number; readonly lsn: string } | undefined {
  const match = /^(\d+)\s+([0-9A-F]{1,8})\/([0-9A-F]{1,8})\s/i.exec(line);
  if (match === null) return undefined;
  const lsn = (BigInt(`0x${match[2]}`) << 32n) + BigInt(`0x${match[3]}`);
  return { timeline: Number(match[1]), lsn: String(lsn) };
}

/** PostgreSQL under Patroni: its own election, steered through its interface and its lock in etcd. */
export const patroniDriver: ConsensusDriver = { handOver, replace, rejoin };
