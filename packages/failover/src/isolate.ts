import { randomUUID } from 'node:crypto';

import { printable, remoteScript } from '@flotilla/exec';
import type { RemoteFleet, RemoteServer } from '@flotilla/exec';
import { GUARD_PORT } from '@flotilla/model';
import type { DatabaseKind } from '@flotilla/model';

import { rootScript } from './as-root.ts';
import { ISOLATE, LIFT, LIST_ISOLATED, UNDO } from './isolate-scripts.ts';
import type { GuardedTarget } from './observe.ts';

const TIMEOUT_MS = 20_000;

const PORTS: Readonly<Record<DatabaseKind, number>> = { postgres: 5432, mysql: 3306, mariadb: 3306, redis: 6379 };

/** Whether every other server dropped the addresses of one, and what each of those that did not says. */
export type Isolation = {
  readonly isolated: readonly string[];
  readonly failed: readonly string[];
  /** Servers that may still drop the addresses although the isolation failed. */
  readonly left: readonly string[];
};

type Request = {
  readonly server: string;
  /** A person's words stand for the proof: what works of the isolation stays. */
  readonly keepsPart: boolean;
};

/**
 * Drops the addresses of a server on every other one, for good, and has each try to reach its guard and its engine. May be repeated. It
 * proves the server to be out only when `failed` is empty: one that did not take part may still pass its clients on. One that fails is
 * taken back where this attempt began it, unless a part of it is to stay.
 */
export async function isolate(
  fleet: RemoteFleet,
  target: GuardedTarget,
  { server, keepsPart }: Request,
): Promise<Isolation> {
  const { host } = fleet.server(server);
  const attempt = randomUUID();
  const ports = [GUARD_PORT, target.port ?? PORTS[target.kind]].map(String);
  const others = fleet.servers.filter(({ name }) => name !== server);
  const argv = rootScript(ISOLATE, [server, host, attempt, ...ports]);
  const answers = await Promise.all(others.map((other) => ask(other, argv, 'isolated')));
  const { isolated, failed } = split(answers);
  if (failed.length === 0) return { isolated, failed, left: [] };
  const touched = answers.filter(({ isReached }) => isReached).map((answer) => answer.server);
  const left = keepsPart ? touched : await undo(fleet, touched, [server, attempt]);
  return { isolated, failed, left };
}

/** Gives the servers on which something stays. */
async function undo(fleet: RemoteFleet, touched: readonly string[], args: readonly string[]) {
  const argv = rootScript(UNDO, args);
  const results = await Promise.all(
    touched.map(async (name) => ({ name, result: await fleet.server(name).run({ argv, timeoutMs: TIMEOUT_MS }) })),
  );
  const isClean = ['lifted', 'none'];
  return results
    .filter(({ result }) => result.exitCode !== 0 || !isClean.includes(result.stdout.trim()))
    .map(({ name }) => name);
}

/** Takes the isolation of a server back on every other one. Gives what each of those that did not says. */
export async function liftIsolation(fleet: RemoteFleet, server: string): Promise<Pick<Isolation, 'failed'>> {
  const others = fleet.servers.filter(({ name }) => name !== server);
  const argv = rootScript(LIFT, [server]);
  return split(await Promise.all(others.map((other) => ask(other, argv, 'lifted'))));
}

type Answer = {
  readonly server: string;
  readonly isDone: boolean;
  readonly failure?: string;
  /** False where no connection came about, so that nothing was changed. */
  readonly isReached: boolean;
};

async function ask(remote: RemoteServer, argv: readonly [string, ...string[]], word: string): Promise<Answer> {
  const result = await remote.run({ argv, timeoutMs: TIMEOUT_MS });
  const said = result.stdout.trim();
  const isReached = !result.unreachable;
  if (result.exitCode === 0) return { server: remote.name, isDone: said === word, isReached };
  const failure = printable(result.stderr).trim().split('\n').at(-1) ?? '';
  return { server: remote.name, isDone: false, failure: failure || 'no answer', isReached };
}

function split(answers: readonly Answer[]): Pick<Isolation, 'isolated' | 'failed'> {
  return {
    isolated: answers.filter(({ isDone }) => isDone).map(({ server }) => server),
    failed: answers.flatMap(({ server, failure }) => (failure === undefined ? [] : [`${server}: ${failure}`])),
  };
}

/** Gives the servers on which another one is isolated. Those that do not answer are left out. */
export async function isolatedOn(fleet: RemoteFleet, server: string): Promise<readonly string[]> {
  const others = fleet.servers.filter(({ name }) => name !== server);
  const argv = ['test', '-f', `/etc/flotilla/fence/${server}`] as const;
  const answers = await Promise.all(
    others.map(async (other) => ((await other.run({ argv, timeoutMs: 5_000 })).exitCode === 0 ? [other.name] : [])),
  );
  return answers.flat();
}

/** A server whose addresses others drop, and since when by their clocks: ISO 8601 UTC. */
export type IsolatedServer = { readonly server: string; readonly on: readonly string[]; readonly since: string };

/** Gives every server that is isolated, by the word of those that answer; sorted by name. */
export async function listIsolated(fleet: RemoteFleet): Promise<readonly IsolatedServer[]> {
  const argv = remoteScript(LIST_ISOLATED, []);
  const answers = await Promise.all(
    fleet.servers.map(async (other) => {
      const { exitCode, stdout } = await other.run({ argv, timeoutMs: 5_000 });
      const lines = exitCode === 0 ? stdout.split('\n') : [];
      return lines.flatMap((line) => parseIsolated(line).map((found) => ({ ...found, on: other.name })));
    }),
  );
  const told = answers.flat();
  return [...new Set(told.map(({ server }) => server))].toSorted().map((server) => {
    const about = told.filter((each) => each.server === server);
    const since = new Date(Math.min(...about.map(({ seconds }) => seconds)) * 1_000).toISOString();
    return { server, on: about.map(({ on }) => on), since };
  });
}

function parseIsolated(line: string): readonly { readonly server: string; readonly seconds: number }[] {
  const [, server, seconds] = /^(\S+) (\d{1,12})$/.exec(line) ?? [];
  return server === undefined ? [] : [{ server, seconds: Number(seconds) }];
}
