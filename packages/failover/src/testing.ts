import { fakeClock, recordingFleet, recordingRunner } from '@flotilla/exec';
import type { RemoteCommand, RemoteFleet, RemoteReply, RemoteServer } from '@flotilla/exec';
import type { Control, TermRecord } from '@flotilla/model';

import type { ServerView, ServiceView } from './policy/view.ts';
import type { FailoverTools } from './session.ts';

/** A pair that the guards decide about. */
export const target = {
  environment: 'waybill',
  service: 'database',
  kind: 'postgres',
  control: 'guard',
  members: ['db1', 'db2'],
} as const;

/** A pair that Patroni decides about. */
export const patroniTarget = {
  environment: 'lab',
  service: 'database',
  kind: 'postgres',
  control: 'patroni',
  members: ['db1', 'db2'],
} as const;

/** What a scripted server is asked, by the words of its command. */
export type Asked =
  | 'observe'
  | 'memory'
  | 'lock'
  | 'keep'
  | 'order'
  | 'stop'
  | 'isolate'
  | 'lift'
  | 'isolated'
  | 'space'
  | 'roles'
  | 'record'
  | 'other';

/** A fleet that answers as its view says, and what was asked of it. */
export type Scripted = {
  readonly tools: FailoverTools;
  /** What changed something, in order: `claim lb`, `stop db1`. */
  changes(): readonly string[];
};

type Script = {
  readonly view: () => ServiceView;
  readonly control?: Control;
  /** Answers instead of the usual one; `undefined` for the usual one. */
  readonly answer?: (asked: Asked, server: string, command: RemoteCommand) => RemoteReply | undefined;
};

const MARKS: readonly (readonly [Asked, string])[] = [
  ['observe', '/status" || true'],
  ['memory', "printf 'failover %s"],
  ['record', '.new"\nmv "$1/.$2.new"'],
  ['lock', 'echo "taken $token"'],
  ['keep', 'echo kept'],
  ['stop', 'docker kill "$1"'],
  ['isolate', 'echo isolated'],
  ['lift', 'echo lifted'],
  ['isolated', '/etc/flotilla/fence/'],
  ['space', 'df -Pk "$1" |'],
  ['roles', '%{http_code}\' "http'],
  ['order', '--unix-socket'],
];

/** Tells what a command asks. */
function askedBy({ argv }: RemoteCommand): Asked {
  const text = argv.join('\n');
  return MARKS.find(([, mark]) => text.includes(mark))?.[0] ?? 'other';
}

/** Gives the name of an order to a guard, such as `claim`. */
export function orderIn({ argv }: RemoteCommand): string {
  return argv.at(-1)?.split('/').at(-1) ?? '';
}

/** Gives a fleet that is as `view` says, obeys every order, and lets whoever was claimed for take writes. */
export function scriptedFleet({ view, control = 'guard', answer }: Script): Scripted {
  const guards: Guards = { view, record: undefined };
  const hosts = Object.fromEntries(view().servers.map(({ server }, index) => [server, `192.0.2.${10 + index}`]));
  const script = (server: string, command: RemoteCommand) =>
    answer?.(askedBy(command), server, command) ?? usualAnswer(guards, server, command);
  const fleet = recordingFleet({ environment: 'waybill', hosts, script });
  const { members } = view();
  const tools: FailoverTools = {
    fleet,
    target: { environment: 'waybill', service: 'database', kind: 'postgres', control, members },
    runner: recordingRunner(() => undefined),
    clock: fakeClock(),
    power: {},
    holder: 'test',
    onEvent: () => undefined,
  };
  return { tools, changes: () => fleet.commands.flatMap(({ server, command }) => changeBy(server, command)) };
}

type Guards = { readonly view: () => ServiceView; record: TermRecord | undefined };

const USUAL: Partial<Record<Asked, RemoteReply>> = {
  lock: { stdout: 'taken 1\n' },
  keep: { stdout: 'kept\n' },
  stop: { stdout: 'false 0 no\n' },
  isolate: { stdout: 'isolated\n' },
  lift: { stdout: 'lifted\n' },
  isolated: { exitCode: 1 },
  space: { stdout: '10000000\n' },
};

function usualAnswer(guards: Guards, server: string, command: RemoteCommand): RemoteReply {
  const seen = guards.view().servers.find((each) => each.server === server);
  if (seen === undefined || !seen.reachable) return 'unreachable';
  const asked = askedBy(command);
  if (asked === 'observe') return observed(guards, seen);
  if (asked === 'roles') return { stdout: `db1 000\n${guards.record?.holder ?? 'db2'} 200\n` };
  if (asked !== 'order') return USUAL[asked] ?? {};
  if (orderIn(command) === 'claim') {
    // The body stands before the address.
    const { term, holder } = JSON.parse(command.argv.at(-2) ?? '') as Pick<TermRecord, 'term' | 'holder'>;
    guards.record = { term, holder, phase: 'claimed', at: '' };
  }
  return { stdout: '{}\n200' };
}

/** A view names who is not heard; a guard names who is. */
function observed({ view, record }: Guards, { server, guard, container, unseenPeers }: ServerView): RemoteReply {
  const others = view()
    .servers.map((each) => each.server)
    .filter((name) => name !== server);
  const hears = others.filter((name) => !unseenPeers.includes(name));
  const peers = Object.fromEntries(others.map((name) => [name, null]));
  const status = guard && { ...guard, record: record ?? guard.record, peers, hears };
  const inspected = container === 'stopped' ? 'exited no' : `${container} unless-stopped`;
  return { stdout: `${status === undefined ? '' : JSON.stringify(status)}\n${inspected}\n` };
}

/** Gives the fleet of these servers. */
export function fleetWith(servers: readonly RemoteServer[]): RemoteFleet {
  const server = (name: string) => {
    const found = servers.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no server ${name}`);
    return found;
  };
  return { environment: 'waybill', servers, server };
}

function changeBy(server: string, command: RemoteCommand): readonly string[] {
  const asked = askedBy(command);
  if (asked === 'order') return [`${orderIn(command)} ${server}`];
  const isChange = asked === 'stop' || asked === 'isolate' || asked === 'lift' || command.argv[0] === 'docker';
  return isChange && !command.argv.includes('exec')
    ? [`${asked === 'other' ? command.argv.slice(0, 2).join(' ') : asked} ${server}`]
    : [];
}
