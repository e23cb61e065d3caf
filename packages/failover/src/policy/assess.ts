import type { EngineFacts, TermRecord } from '@flotilla/model';

import { majorityOf, serverView } from './view.ts';
import type { ContainerState, ServerView, ServiceView } from './view.ts';

/** One member of a service, as it stands. */
export type MemberState = {
  readonly server: string;
  /** `primary`: open to clients. `private`: up, closed to clients. `superseded`: holds data of an older term and is closed. */
  readonly role: 'primary' | 'replica' | 'private' | 'closed' | 'silent';
  readonly reachable: boolean;
  readonly container: ContainerState;
  readonly engine?: EngineFacts;
  /** Bytes that the primary has written and this replica has not received; absent when either is not known. */
  readonly lagBytes?: bigint;
  readonly reason: string;
};

/** What a person needs to know of a service before touching it. */
export type Assessment = {
  readonly environment: string;
  readonly service: string;
  /** The highest term that any reachable server knows; absent before the first deployment. */
  readonly term?: TermRecord;
  /** A term above every one that any guard has or remembers. */
  readonly nextTerm: number;
  /** Member that is open to clients; absent when there is none. */
  readonly primary?: string;
  /** Members open to clients beside `primary`: never more than none, unless something is broken. */
  readonly extraPrimaries: readonly string[];
  readonly members: readonly MemberState[];
  /** Guards that answered, and how many are needed. */
  readonly votes: { readonly answered: number; readonly needed: number; readonly total: number };
  readonly health: 'ok' | 'degraded' | 'down';
};

/** Gives the state of a service from what was seen of it. */
export function assess(view: ServiceView): Assessment {
  const term = highestTerm(view);
  const open = view.members.filter((member) => isOpen(serverView(view, member)));
  const primary = open.find((member) => member === term?.holder) ?? open[0];
  const primaryLsn = primary === undefined ? undefined : serverView(view, primary).guard?.engine.lsn;
  const members = view.members.map((member) => memberState(serverView(view, member), primaryLsn));
  const answered = view.servers.filter((server) => server.guard !== undefined).length;
  const votes = { answered, needed: majorityOf(view.servers.length), total: view.servers.length };
  const replicasWell = members.every((member) => member.server === primary || isStreaming(member));
  const whole = primary !== undefined && replicasWell && answered === votes.total && open.length === 1;
  return {
    environment: view.environment,
    service: view.service,
    ...(term === undefined ? {} : { term }),
    nextTerm: highestNumber(view) + 1,
    ...(primary === undefined ? {} : { primary }),
    extraPrimaries: open.filter((member) => member !== primary),
    members,
    votes,
    health: primary === undefined ? 'down' : whole ? 'ok' : 'degraded',
  };
}

/** A promoted record comes before a claimed one of the same term. */
function highestTerm(view: ServiceView): TermRecord | undefined {
  const records = view.servers.flatMap((server) => (server.guard?.record ? [server.guard.record] : []));
  return records.toSorted((left, right) => right.term - left.term || (left.phase === 'promoted' ? -1 : 1))[0];
}

function highestNumber(view: ServiceView): number {
  const guards = view.servers.flatMap(({ guard }) => guard ?? []);
  const remembered = guards.flatMap(({ remembers }) => Object.values(remembers).map(({ term }) => term));
  return Math.max(0, ...guards.map(({ record }) => record?.term ?? 0), ...remembered);
}

/** Whether this member is a replica that streams now. */
export function isStreaming(member: MemberState): boolean {
  return member.role === 'replica' && member.engine?.streaming === true;
}

function isOpen(server: ServerView): boolean {
  return (
    server.container === 'running' && server.guard?.verdict.kind === 'open' && server.guard.engine.role === 'primary'
  );
}

function memberState(view: ServerView, primaryLsn: string | undefined): MemberState {
  const { server, reachable, container, guard } = view;
  if (!guard) {
    const reason = reachable ? 'its guard does not answer' : 'the server does not answer';
    return { server, role: 'silent', reachable, container, reason };
  }
  const lagBytes = lagOf(guard.engine, primaryLsn);
  return {
    server,
    role: roleOf(view),
    reachable,
    container,
    engine: guard.engine,
    ...(lagBytes === undefined ? {} : { lagBytes }),
    reason: 'reason' in guard.verdict ? guard.verdict.reason : '',
  };
}

function roleOf(view: ServerView): MemberState['role'] {
  if (isOpen(view)) return 'primary';
  const { guard } = view;
  if (guard?.verdict.kind === 'private') return 'private';
  if (guard?.verdict.kind === 'replica' && guard.engine.role === 'replica' && view.container === 'running')
    return 'replica';
  return 'closed';
}

function lagOf(engine: EngineFacts, primaryLsn: string | undefined): bigint | undefined {
  if (engine.role !== 'replica' || engine.lsn === undefined || primaryLsn === undefined) return undefined;
  const behind = BigInt(primaryLsn) - BigInt(engine.lsn);
  return behind > 0n ? behind : 0n;
}
