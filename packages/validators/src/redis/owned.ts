import { isOff, isOn, REMOVE } from '../owner.ts';
import type { Loss, Owner, WrittenSetting } from '../owner.ts';

const FOLLOWED: Owner = { why: 'a replica follows the primary that the guard or the Sentinels name', instead: REMOVE };
const ANNOUNCED: Owner = { why: 'the others must reach it at the address of its server', instead: REMOVE };
const CLIENTS: Owner = { why: 'clients come with the one password in its secret', instead: REMOVE };
const STOPPED: Owner = { why: 'a stop waits until the replicas have every write', instead: REMOVE };
const PLACED: Owner = { why: 'the wrapper knows the data by where they stand', instead: REMOVE };

/** What the wrapper or the rendered files set: a written value would not hold, or break the protocol. */
const OWNED: Readonly<Record<string, Owner>> = {
  appendonly: {
    why: 'data are always persisted; a primary that comes back empty would wipe its replicas',
    instead: REMOVE,
  },
  appenddirname: PLACED,
  appendfilename: PLACED,
  dbfilename: PLACED,
  dir: PLACED,
  aclfile: CLIENTS,
  masterauth: CLIENTS,
  masteruser: CLIENTS,
  requirepass: CLIENTS,
  user: CLIENTS,
  'rename-command': { why: 'the guard and the Sentinels need every command by its name', instead: REMOVE },
  include: { why: 'the rendered configuration is the one that is read', instead: REMOVE },
  bind: {
    why: 'the container is reached at every address of its own, and the published port narrows that',
    instead: 'remove it; open: says who may connect',
  },
  'protected-mode': {
    why: 'the password and the firewall protect it',
    instead: 'remove it; open: says who may connect',
  },
  port: {
    why: 'the guard opens and closes Redis with it',
    instead: 'remove it, and write port: of the service instead',
  },
  'tls-port': { why: 'the guard could not close it', instead: REMOVE },
  unixsocket: { why: 'the guard speaks to Redis through its socket', instead: REMOVE },
  unixsocketperm: { why: 'the guard speaks to Redis through its socket', instead: REMOVE },
  'cluster-enabled': { why: 'a cluster chooses its primaries by itself', instead: REMOVE },
  daemonize: { why: 'the container ends with its process', instead: REMOVE },
  supervised: { why: 'the container ends with its process', instead: REMOVE },
  replicaof: FOLLOWED,
  slaveof: FOLLOWED,
  'replica-read-only': { why: 'what is written on a replica is lost', instead: REMOVE },
  'replica-priority': { why: 'a hand-over names its target to the Sentinels with it', instead: REMOVE },
  'replica-announced': ANNOUNCED,
  'replica-announce-ip': ANNOUNCED,
  'replica-announce-port': ANNOUNCED,
  'min-replicas-to-write': {
    why: 'it follows from the service',
    instead: 'write minReplicasToWrite of the service instead',
  },
  'min-replicas-max-lag': {
    why: 'it bounds what a primary that was cut off still accepts, and failover waits for that',
    instead: REMOVE,
  },
  'tls-replication': { why: 'members follow each other at the port that the guard opens', instead: REMOVE },
  'shutdown-on-sigterm': STOPPED,
  'shutdown-on-sigint': STOPPED,
};

/** Gives who owns a setting that nobody else may set; `undefined` when it is free. */
export function ownerOf(setting: string): Owner | undefined {
  // Older names are still taken: slave-priority, min-slaves-to-write.
  const name = setting.replace(/(^|-)slave(s?)-/, '$1replica$2-');
  return Object.hasOwn(OWNED, name) ? OWNED[name] : undefined;
}

/** Gives what a value gives up; `undefined` when nothing that is known here. */
export function lossOf({ setting, value }: WrittenSetting): Loss | undefined {
  switch (setting) {
    case 'appendfsync':
      return isOff(value)
        ? {
            loss: 'when power goes, what the kernel kept in memory is lost, commonly 30 s of acknowledged writes instead of one',
            instead: 'write everysec, or always',
          }
        : undefined;
    case 'no-appendfsync-on-rewrite':
      return isOn(value)
        ? { loss: 'while the log is rewritten, up to 30 s of acknowledged writes are not on disk', instead: REMOVE }
        : undefined;
    case 'replica-ignore-disk-write-errors':
      return isOn(value)
        ? { loss: 'a replica whose disk fails goes on as if it kept the data, and may be promoted', instead: REMOVE }
        : undefined;
    default:
      return undefined;
  }
}
