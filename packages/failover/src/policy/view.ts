import type { GuardStatus } from '@flotilla/model';

/**
 * State of a member's container as its Docker engine tells it. `ended`: it is not running, and Docker may start it again by itself.
 * `unknown` when the server did not answer.
 */
export type ContainerState = 'running' | 'ended' | 'paused' | 'stopped' | 'missing' | 'unknown';

/** What the tool saw of one server, about one service with a primary. */
export type ServerView = {
  readonly server: string;
  /** The server answered over SSH. */
  readonly reachable: boolean;
  /** What SSH said of a server that did not answer; absent when it said nothing. */
  readonly detail?: string;
  /** SSH refused the server: it shows another host key than the pinned one. */
  readonly isImpostor?: true;
  /** What its guard says; absent when the guard did not answer. */
  readonly guard?: GuardStatus;
  /** Only asked on members. */
  readonly container: ContainerState;
  /** Servers whose guard this server's guard could not read in its last round; empty when its own guard is silent. */
  readonly unseenPeers: readonly string[];
};

/** One service as seen from everywhere at one moment. Servers in the environment's order. */
export type ServiceView = {
  readonly environment: string;
  readonly service: string;
  /** Servers that hold its data, preferred primary first. */
  readonly members: readonly string[];
  readonly servers: readonly ServerView[];
};

/** Gives how many of `voters` make a majority. */
export function majorityOf(voters: number): number {
  return Math.floor(voters / 2) + 1;
}

/** Gives the view of one server. Throws when the server is not part of the view, which is a bug. */
export function serverView(view: ServiceView, server: string): ServerView {
  const found = view.servers.find((candidate) => candidate.server === server);
  if (!found) throw new Error(`${server} is not in the view of ${view.service}`);
  return found;
}

/** Gives the names of the servers that answered over SSH. */
export function reachableServers({ servers }: ServiceView): readonly string[] {
  return servers.filter(({ reachable }) => reachable).map(({ server }) => server);
}

/** Whether a majority of all `total` guards is among the answers, and none of them could read the guard of `server` of late. */
export function isLostByAll(answers: readonly ServerView[], server: string, total: number): boolean {
  const guards = answers.filter(({ guard }) => guard !== undefined);
  return guards.length >= majorityOf(total) && guards.every(({ unseenPeers }) => unseenPeers.includes(server));
}
