import type { EngineFacts, GuardStatus, TermRecord } from '@flotilla/model';

import { lagBetween } from './position.ts';
import type { Lag } from './position.ts';
import { majorityOf, serverView } from './view.ts';
import type { ContainerState, ServerView, ServiceView } from './view.ts';

/** One member of a service, as it stands. */
export type MemberState = {
  readonly server: string;
  /** `primary`: open to clients. `private`: up, closed to clients. `closed`: none of the others. */
  readonly role: 'primary' | 'replica' | 'private' | 'closed' | 'silent';
  readonly reachable: boolean;
  readonly container: ContainerState;
  readonly engine?: EngineFacts;
  /** What the primary has written and this replica has not received; absent when either is not known. */
  readonly lag?: Lag;
  readonly reason: string;
  /** It was stopped, superseded or left behind, and may wait for a person. Absent otherwise. */
  readonly needsRejoin?: true;
};

/** What a person needs to know of a service before touching it. */
export type Assessment = {
  readonly environment: string;
  readonly service: string;
  /**
   * The highest term that any reachable server knows; absent before the first deployment, and where an engine of consensus decides.
   */
  readonly term?: TermRecord;
  /** A term above every one that any guard has or remembers. */
  readonly nextTerm: number;
  /** Member that is open to clients; absent when there is none. */
  readonly primary?: string;
  /** Members open to clients beside `primary`: never more than none, unless something is broken. */
  readonly extraPrimaries: readonly string[];
  readonly members: readonly MemberState[];
  /** Guards that answered, how many are needed, and on which servers they are silent. */
  readonly votes: {
    readonly answered: number;
    readonly needed: number;
    readonly total: number;
    readonly silent: readonly string[];
  };
  readonly health: 'ok' | 'degraded' | 'down';
  /** No server answered: what is said here is only what is not known. Absent otherwise. */
  readonly isCutOff?: true;
};

/** Gives the state of a service from what was seen of it. */
export function assess(view: ServiceView): Assessment {
  const term = highestTerm(view);
  const open = view.members.filter((member) => isOpen(serverView(view, member)));
  const primary = open.find((member) => member === term?.holder) ?? open[0];
  const leading = primary === undefined ? undefined : serverView(view, primary).guard?.engine;
  const members = view.members.map((member) => memberState(serverView(view, member), leading));
  const votes = votesOf(view);
  const replicasWell = members.every((member) => member.server === primary || isStreaming(member));
  const whole = primary !== undefined && replicasWell && votes.silent.length === 0 && open.length === 1;
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
    ...(view.servers.some(({ reachable, isImpostor }) => reachable || isImpostor === true) ? {} : { isCutOff: true }),
  };
}

function votesOf({ servers }: ServiceView): Assessment['votes'] {
  const silent = servers.filter(({ guard }) => guard === undefined).map(({ server }) => server);
  const total = servers.length;
  return { answered: total - silent.length, needed: majorityOf(total), total, silent };
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

/** Where an engine of consensus decides, its own word is all there is: it is primary while it runs as one. */
function isOpen({ container, guard }: ServerView): boolean {
  if (container !== 'running' || guard?.engine.role !== 'primary') return false;
  return guard.verdict.kind === 'open' || (guard.verdict.kind === 'yielded' && guard.engine.state === 'running');
}

function memberState(view: ServerView, leading: EngineFacts | undefined): MemberState {
  const { server, reachable, container, guard } = view;
  if (!guard) return { server, role: 'silent', reachable, container, reason: whySilent(view) };
  const lag = guard.engine.role === 'replica' ? lagBetween(leading, guard.engine) : undefined;
  return {
    server,
    role: roleOf(view),
    reachable,
    container,
    engine: guard.engine,
    ...(lag === undefined ? {} : { lag }),
    reason: reasonOf(view, guard),
    ...(needsRejoin(view, guard) ? { needsRejoin: true } : {}),
  };
}

/**
 * A fence stops a container for good. A guard keeps a database closed whose data another primary superseded, and orders its return only when
 * it may; a replica whose primary has removed the log that it needs waits for the order as well.
 */
function needsRejoin({ server, container }: ServerView, { verdict, record }: GuardStatus): boolean {
  if (container === 'stopped') return true;
  if (verdict.kind === 'closed') return record?.phase === 'promoted' && record.holder !== server;
  return verdict.kind === 'replica' && verdict.stranded === 'behind';
}

function reasonOf({ container }: ServerView, { verdict, engine }: GuardStatus): string {
  if ('reason' in verdict) return verdict.reason;
  const isMute = container === 'running' && engine.state === 'unknown';
  return isMute ? 'its guard cannot ask the engine: is it starting, frozen, or is the password another?' : '';
}

function whySilent({ reachable, isImpostor }: ServerView): string {
  if (isImpostor === true) return 'the server shows another host key than the pinned one';
  return reachable ? 'its guard does not answer' : 'the server does not answer';
}

function roleOf(view: ServerView): MemberState['role'] {
  if (isOpen(view)) return 'primary';
  const { guard } = view;
  if (guard?.verdict.kind === 'private') return 'private';
  const mayFollow = guard?.verdict.kind === 'replica' || guard?.verdict.kind === 'yielded';
  return mayFollow && guard.engine.role === 'replica' && view.container === 'running' ? 'replica' : 'closed';
}
