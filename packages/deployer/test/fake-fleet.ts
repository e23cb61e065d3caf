import { recordingFleet } from '@flotilla/exec';
import type { RecordingFleet, RemoteCommand, RemoteReply, Reply } from '@flotilla/exec';
import type { GuardStatus, ServiceUnit } from '@flotilla/model';

import { MAKE_DIRECTORIES, MARK_APPLIED, MARK_FAILED, REMOVE_UNIT, SWAP_AND_UP } from '../src/apply/change-scripts.ts';
import { DETACHED } from '../src/apply/detached.ts';
import { ALLOW_INIT, ASK_GUARD, BEGIN_TERM, FORGET_ADOPTION } from '../src/apply/first-primary.ts';
import { ASK_ROLE } from '../src/apply/hand-over.ts';
import { DRAIN, UNDRAIN, UNDRAIN_ON_TRIAL } from '../src/apply/haproxy.ts';
import { PULL } from '../src/apply/images.ts';
import { RECEIVE_SECRETS, RESTORE_SECRETS } from '../src/apply/secrets.ts';
import { RECEIVE } from '../src/apply/upload.ts';
import { OBSERVE } from '../src/observe/script.ts';

type UnitDisk = { applied?: string; current?: string; runHash?: string; readonly releases: Map<string, ServiceUnit> };

/** What a server of the fake fleet has. */
export type FakeServer = {
  readonly units: Map<string, UnitDisk>;
  readonly maintained: Set<string>;
  /** What its guard says of each service. */
  readonly guards: Map<string, GuardStatus>;
  hold?: string;
};

/** A fleet that behaves like servers as far as a deploy can tell, and writes down what was asked of it. */
export type FakeFleet = {
  readonly fleet: RecordingFleet;
  readonly servers: Readonly<Record<string, FakeServer>>;
  /** One line per remote command, in order: `app1 up web`. */
  readonly log: readonly string[];
  /** Adds a line that no server was asked for. */
  note(line: string): void;
  /** Forgets the log. */
  clear(): void;
  /** Answers in place of the fake until it gives `undefined`. The line is what the log says. */
  intercept(answer: (line: string) => RemoteReply | undefined): void;
};

const NAMES: ReadonlyMap<string, string> = new Map([
  [OBSERVE, 'observe'],
  [RECEIVE, 'upload'],
  [PULL, 'pull'],
  [RECEIVE_SECRETS, 'secrets'],
  [RESTORE_SECRETS, 'restore-secrets'],
  [DRAIN, 'drain'],
  [UNDRAIN, 'undrain'],
  [UNDRAIN_ON_TRIAL, 'undrain-on-trial'],
  [MAKE_DIRECTORIES, 'directories'],
  [MARK_APPLIED, 'applied'],
  [MARK_FAILED, 'mark-failed'],
  [REMOVE_UNIT, 'remove'],
  [ASK_GUARD, 'ask-guard'],
  [ALLOW_INIT, 'allow-init'],
  [BEGIN_TERM, 'begin-term'],
  [FORGET_ADOPTION, 'forget-adoption'],
  [ASK_ROLE, 'ask-role'],
]);

const answerNothing: Parameters<FakeFleet['intercept']>[0] = () => undefined;

/** Gives a fleet of empty servers. */
export function fakeFleet(names: readonly string[]): FakeFleet {
  const servers = Object.fromEntries(
    names.map((name): [string, FakeServer] => [name, { units: new Map(), maintained: new Set(), guards: new Map() }]),
  );
  const log: string[] = [];
  let interception = answerNothing;
  const fleet = recordingFleet({
    environment: 'waybill',
    hosts: Object.fromEntries(names.map((name, index) => [name, `192.0.2.${index + 1}`])),
    script: (name, command) => {
      const asked = describeCommand(command);
      const line = `${name} ${asked.line}`;
      log.push(line);
      return interception(line) ?? answer(servers[name]!, asked, command);
    },
  });
  return {
    fleet,
    servers,
    log,
    note: (line) => void log.push(line),
    clear: () => void log.splice(0),
    intercept: (given) => void (interception = given),
  };
}

type Asked = { readonly name: string; readonly args: readonly string[]; readonly line: string };

function describeCommand({ argv }: RemoteCommand): Asked {
  const [, , script = '', , ...args] = argv;
  if (script === DETACHED) {
    const inner = args.slice(7);
    const mode = inner.length > 6 ? 'reload' : 'up';
    return { name: args[5] === SWAP_AND_UP ? mode : 'unknown', args: inner, line: `${mode} ${inner[1]}` };
  }
  const name = NAMES.get(script) ?? lockOrJournal(script, args);
  const shown: Readonly<Record<string, readonly string[]>> = {
    drain: args.slice(2),
    undrain: args.slice(2),
    'undrain-on-trial': args.slice(2),
    applied: args.slice(1, 2),
    'restore-secrets': args.slice(1, 2),
    remove: args.slice(1, 2),
    'mark-failed': args.slice(1, 2),
    'begin-term': args.slice(1, 3),
    'ask-role': args.slice(1, 2),
    secrets: args.slice(3),
  };
  return { name, args, line: [name, ...(shown[name] ?? [])].join(' ') };
}

function lockOrJournal(script: string, args: readonly string[]): string {
  if (script.includes('echo "taken')) return 'lock';
  if (script.includes('echo kept')) return 'keep';
  if (script.includes('then rm -rf "$lock"; fi')) return 'unlock';
  if (!args[0]?.endsWith('journal.jsonl')) return 'unknown';
  const entry: { event: string; service: string } = JSON.parse(args[1] ?? '');
  return `journal ${entry.event} ${entry.service}`;
}

function answer(server: FakeServer, { name, args }: Asked, command: RemoteCommand): Reply {
  const service = args[1] ?? '';
  const unit = server.units.get(service);
  switch (name) {
    case 'observe':
      return { stdout: observed(server, args[3] !== 'none') };
    case 'lock':
      return { stdout: 'taken 7\n' };
    case 'keep':
      return { stdout: 'kept\n' };
    case 'upload':
      return receive(server, command.stdin);
    case 'pull':
      return { stdout: args.map((image) => `pulled ${image}\n`).join('') };
    case 'up':
    case 'reload':
      if (unit === undefined || !unit.releases.has(args[2] ?? '')) return { exitCode: 1, stderr: 'no such release' };
      unit.current = args[2] ?? '';
      unit.runHash = unit.releases.get(unit.current)?.runHash ?? '';
      return {};
    case 'applied':
      if (unit !== undefined) unit.applied = args[2] ?? '';
      return {};
    case 'remove':
      server.units.delete(service);
      return {};
    case 'drain':
      for (const entry of args.slice(2)) server.maintained.add(entry);
      return {};
    case 'undrain':
    case 'undrain-on-trial':
      for (const entry of args.slice(2)) server.maintained.delete(entry);
      return {};
    case 'ask-role':
      return { stdout: server.guards.get(service)?.engine.role === 'primary' ? 'primary\n' : 'other\n' };
    case 'ask-guard':
      return { stdout: `none\nempty\n${server.units.get('db')?.current === undefined ? 'new' : 'deployed'}\n` };
    default:
      return name === 'unknown' ? { exitCode: 99, stderr: `unknown script ${command.argv[2]}` } : {};
  }
}

function observed({ units, maintained, guards, hold }: FakeServer, isEdge: boolean): string {
  const lines = ['boot\tb1', 'free\t100000000000', ...(hold === undefined ? [] : [`hold\t${hold}`])];
  for (const status of guards.values()) lines.push(`guard\t${JSON.stringify(status)}`);
  for (const [service, { applied, current, runHash, releases }] of units) {
    lines.push(`unit\t${service}`, ...[...releases.keys()].map((hash) => `release\t${service} ${hash}`));
    if (applied !== undefined) {
      lines.push(`applied\t${service} ${applied}`, `definition\t${JSON.stringify(releases.get(applied))}`);
    }
    if (current !== undefined) lines.push(`current\t${service} ${current}`);
    if (runHash === undefined) continue;
    const container = { id: 'c', name: service, image: 'i', state: 'running', status: 'Up', service, runHash };
    lines.push(`container\t${JSON.stringify({ ...container, secretsHash: '' })}`);
  }
  if (isEdge) {
    lines.push('edge\t1', 'edge\t# be_id be_name srv_id srv_name srv_admin_state');
    for (const entry of ['app1', 'app2']) {
      lines.push(`edge\t3 be_web 1 ${entry} ${maintained.has(`be_web/${entry}`) ? 1 : 0}`);
    }
  }
  return `${lines.join('\n')}\nend\tok\n`;
}

function receive(server: FakeServer, stdin: RemoteCommand['stdin']): Reply {
  for (const { path, text } of unpack(stdin)) {
    const match = /^services\/([^/]+)\/releases\/([^/]+)\.json$/.exec(path);
    if (match === null) continue;
    const [, service = '', hash = ''] = match;
    const unit = server.units.get(service) ?? { releases: new Map() };
    unit.releases.set(hash, JSON.parse(text));
    server.units.set(service, unit);
  }
  return {};
}

function unpack(stdin: RemoteCommand['stdin']): readonly { path: string; text: string }[] {
  const archive = Buffer.from(stdin ?? '');
  const entries: { path: string; text: string }[] = [];
  for (let at = 0; at < archive.length && archive[at] !== 0;) {
    const field = (from: number, length: number) =>
      archive.toString('utf8', at + from, at + from + length).replace(/\0.*$/s, '');
    const size = Number.parseInt(field(124, 12), 8);
    const prefix = field(345, 155);
    const path = `${prefix === '' ? '' : `${prefix}/`}${field(0, 100)}`;
    entries.push({ path, text: archive.toString('utf8', at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}
