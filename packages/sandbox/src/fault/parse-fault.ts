import type { Fault, FaultMistake, ServiceTarget } from './fault.ts';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;

const SERVER_FAULTS = ['kill', 'stop', 'boot', 'pause', 'unpause', 'disconnect', 'reconnect'] as const;
const SERVICE_FAULTS = { pause: 'pause-service', unpause: 'unpause-service', boot: 'boot-service' } as const;

const USAGE = [
  'kill|stop|boot|disconnect|reconnect SERVER',
  'pause|unpause SERVER or SERVICE@SERVER',
  'boot SERVICE@SERVER',
  'kill9 SERVICE@SERVER [no-restart]',
  'reboot',
].join('; ');

/**
 * Reads the words of a fault. Only their form is checked here: whether the sandbox has such a server shows when the fault is caused.
 * @example parseFault(['kill9', 'database@db1', 'no-restart'])
 */
export function parseFault(words: readonly string[]): Fault | FaultMistake {
  const [verb = '', target = '', ...rest] = words;
  if (verb === 'reboot')
    return words.length === 1 ? { kind: 'reboot' } : mistake('reboot takes every server, and no name');
  if (verb === 'kill9') return parseKill9(target, rest);
  const serverFault = SERVER_FAULTS.find((known) => known === verb);
  if (serverFault === undefined) return mistake(verb === '' ? 'no fault was named' : `there is no fault "${verb}"`);
  if (rest.length > 0) return mistake(`${verb} takes one target, not also "${rest.join(' ')}"`);
  if (NAME.test(target)) return { kind: serverFault, server: target };
  const service = parseTarget(target);
  if (service === undefined) return mistake(target === '' ? `${verb} needs a target` : `"${target}" is no target`);
  if (serverFault === 'pause' || serverFault === 'unpause' || serverFault === 'boot') {
    return { kind: SERVICE_FAULTS[serverFault], ...service };
  }
  return mistake(`${verb} takes a server, not a service`);
}

function parseKill9(target: string, rest: readonly string[]): Fault | FaultMistake {
  const service = parseTarget(target);
  if (service === undefined) return mistake('kill9 takes SERVICE@SERVER');
  if (rest.length === 0) return { kind: 'kill-service', ...service, restarts: true };
  if (rest.length === 1 && rest[0] === 'no-restart') return { kind: 'kill-service', ...service, restarts: false };
  return mistake(`kill9 takes "no-restart" after its target, not "${rest.join(' ')}"`);
}

function parseTarget(text: string): ServiceTarget | undefined {
  const [service = '', server = '', ...more] = text.split('@');
  return more.length === 0 && NAME.test(service) && NAME.test(server) ? { service, server } : undefined;
}

function mistake(message: string): FaultMistake {
  return { kind: 'mistake', message, hint: USAGE };
}
