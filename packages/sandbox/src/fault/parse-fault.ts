import type { Fault, FaultMistake, ServiceTarget } from './fault.ts';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
/** Below the data of a service, without a way out. */
const PATH = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]*$/;

const USAGE = [
  'kill|stop|boot|disconnect|reconnect|mend|cut-controller SERVER',
  'pause|unpause SERVER or SERVICE@SERVER',
  'stop|boot|crash|wipe|unlimit|fill|free SERVICE@SERVER',
  'kill9 SERVICE@SERVER [no-restart]',
  'corrupt SERVICE@SERVER [PATH]',
  'limit SERVICE@SERVER MIB',
  'cut SERVER SERVER',
  'cut "SERVER->SERVER"',
  'lossy SERVER SERVER PERCENT',
  'reboot',
].join('; ');

type Parse = (words: readonly string[]) => Fault | string;

const VERBS: Readonly<Record<string, Parse>> = {
  kill: onServer('kill'),
  stop: onEither('stop', 'stop-service'),
  boot: onEither('boot', 'boot-service'),
  pause: onEither('pause', 'pause-service'),
  unpause: onEither('unpause', 'unpause-service'),
  disconnect: onServer('disconnect'),
  reconnect: onServer('reconnect'),
  mend: onServer('mend'),
  'cut-controller': onServer('cut-controller'),
  crash: onService('crash-service'),
  wipe: onService('wipe-service'),
  unlimit: onService('unlimit-service'),
  fill: onService('fill-service'),
  free: onService('free-service'),
  kill9: parseKill9,
  corrupt: parseCorrupt,
  limit: parseLimit,
  cut: parseCut,
  lossy: parseLossy,
  reboot: (words) => (words.length === 0 ? { kind: 'reboot' } : 'reboot takes every server, and no name'),
};

/**
 * Reads the words of a fault. Only their form is checked here: whether the sandbox has such a server shows when the fault is caused.
 * @example parseFault(['kill9', 'database@db1', 'no-restart'])
 */
export function parseFault(words: readonly string[]): Fault | FaultMistake {
  const [verb = '', ...rest] = words;
  const parse = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (parse === undefined) return mistake(verb === '' ? 'no fault was named' : `there is no fault "${verb}"`);
  const fault = parse(rest);
  return typeof fault === 'string' ? mistake(fault) : fault;
}

function onServer(
  kind: 'kill' | 'stop' | 'boot' | 'pause' | 'unpause' | 'disconnect' | 'reconnect' | 'mend' | 'cut-controller',
): Parse {
  return ([server = '', ...more]) =>
    more.length === 0 && NAME.test(server) ? { kind, server } : `${kind} takes one server`;
}

function onService(
  kind:
    | 'stop-service'
    | 'boot-service'
    | 'pause-service'
    | 'unpause-service'
    | 'crash-service'
    | 'wipe-service'
    | 'unlimit-service'
    | 'fill-service'
    | 'free-service',
): Parse {
  return ([word = '', ...more]) => {
    const target = parseTarget(word);
    if (more.length === 0 && target !== undefined) return { kind, ...target };
    return `${kind.replace('-service', '')} takes one SERVICE@SERVER`;
  };
}

function onEither(server: Parameters<typeof onServer>[0], service: Parameters<typeof onService>[0]): Parse {
  return (words) => ((words[0] ?? '').includes('@') ? onService(service)(words) : onServer(server)(words));
}

function parseKill9([word = '', ...rest]: readonly string[]): Fault | string {
  const target = parseTarget(word);
  if (target === undefined) return 'kill9 takes SERVICE@SERVER';
  if (rest.length === 0) return { kind: 'kill-service', ...target, restarts: true };
  if (rest.length === 1 && rest[0] === 'no-restart') return { kind: 'kill-service', ...target, restarts: false };
  return `kill9 takes "no-restart" after its target, not "${rest.join(' ')}"`;
}

function parseCorrupt([word = '', path, ...more]: readonly string[]): Fault | string {
  const target = parseTarget(word);
  if (target === undefined || more.length > 0) return 'corrupt takes SERVICE@SERVER and at most one path';
  if (path === undefined) return { kind: 'corrupt-service', ...target };
  return PATH.test(path) ? { kind: 'corrupt-service', ...target, path } : `"${path}" is no path below the data`;
}

function parseLimit([word = '', size = '', ...more]: readonly string[]): Fault | string {
  const target = parseTarget(word);
  const isSize = /^[1-9]\d{0,4}$/.test(size) && more.length === 0;
  if (target === undefined || !isSize) return 'limit takes SERVICE@SERVER and a number of MiB';
  return { kind: 'limit-service', ...target, sizeMiB: Number(size) };
}

function parseCut(words: readonly string[]): Fault | string {
  const isOneWay = words.length === 1;
  const [server = '', peer = '', ...more] = isOneWay ? (words[0] ?? '').split('->') : words;
  if (more.length > 0 || !areServers(server, peer)) {
    return 'cut takes two servers, or "SERVER->SERVER", quoted, for one way';
  }
  return { kind: 'cut', server, peer, isOneWay };
}

function parseLossy([server = '', peer = '', percent = '', ...more]: readonly string[]): Fault | string {
  if (more.length > 0 || !areServers(server, peer) || !/^[1-9]\d?$/.test(percent)) {
    return 'lossy takes two servers and a percentage from 1 to 99';
  }
  return { kind: 'lossy', server, peer, percent: Number(percent) };
}

function areServers(server: string, peer: string): boolean {
  return NAME.test(server) && NAME.test(peer) && server !== peer;
}

function parseTarget(text: string): ServiceTarget | undefined {
  const [service = '', server = '', ...more] = text.split('@');
  return more.length === 0 && NAME.test(service) && NAME.test(server) ? { service, server } : undefined;
}

function mistake(message: string): FaultMistake {
  return { kind: 'mistake', message, hint: USAGE };
}
