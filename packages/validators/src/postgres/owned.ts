import type { ServiceOfKind } from '@flotilla/model';

import { isOff, isOn, REMOVE } from '../owner.ts';
import type { Loss, Owner, WrittenSetting } from '../owner.ts';
import { amountOf } from './setting-value.ts';
import { settingOf } from './settings.ts';

const SOCKET: Owner = { why: 'the guard speaks to the engine through its socket', instead: REMOVE };
const CRASH: Owner = { why: 'an acknowledged write must survive a crash', instead: REMOVE };

/** What the wrapper passes on the command line, what the rendered files end with, or what durability and replication rest on. */
const OWNED: Readonly<Record<string, Owner>> = {
  config_file: { why: 'the rendered configuration is the one that is read', instead: REMOVE },
  hba_file: {
    why: 'the guard opens and closes the database with it',
    instead: 'remove it; open: says who may connect',
  },
  ident_file: { why: 'the guard opens and closes the database with what it refers to', instead: REMOVE },
  data_directory: { why: 'the data stand where the guard looks for them', instead: REMOVE },
  listen_addresses: {
    why: 'the container is reached at every address of its own, and the published port narrows that',
    instead: 'remove it; open: says who may connect',
  },
  port: { why: 'it is the port inside of the container', instead: 'remove it, and write port: of the service instead' },
  unix_socket_directories: SOCKET,
  unix_socket_group: SOCKET,
  unix_socket_permissions: SOCKET,
  password_encryption: { why: 'every password is checked by scram-sha-256', instead: REMOVE },
  cluster_name: { why: 'it is the name of the server', instead: REMOVE },
  primary_conninfo: { why: 'a replica follows the primary that the guard names', instead: REMOVE },
  primary_slot_name: { why: 'every replica has a slot of its own, named after its server', instead: REMOVE },
  restore_command: { why: 'a replica gets its log from the primary that the guard names', instead: REMOVE },
  recovery_min_apply_delay: {
    why: 'any replica may become primary, and would be that late first',
    instead: REMOVE,
  },
  wal_retrieve_retry_interval: {
    why: 'replicas are started with 1s, so that a failover is followed soon',
    instead: REMOVE,
  },
  fsync: CRASH,
  full_page_writes: CRASH,
  data_sync_retry: {
    why: 'after a failed flush only the log knows what is written, so that the engine must start anew',
    instead: REMOVE,
  },
  hot_standby: { why: 'a replica is observed, and serves reads, while it follows', instead: REMOVE },
  wal_log_hints: { why: 'whether a former primary may follow again is told by its pages', instead: REMOVE },
  synchronous_standby_names: {
    why: 'whom a commit waits for follows from synchronous of the service and its members',
    instead: 'remove it, and write synchronous: preferred or strict',
  },
  max_slot_wal_keep_size: { why: 'it follows from walKeep of the service', instead: 'write walKeep: 8GiB' },
};

/** Where recovery ends is one decision, whichever of these settings takes it. */
const RECOVERY: Owner = { why: 'a replica follows the newest timeline for as long as the guard says', instead: REMOVE };

/** Gives who owns a setting that nobody else may set; `undefined` when it is free. */
export function ownerOf(setting: string): Owner | undefined {
  if (/^recovery_target(?:_|$)/.test(setting)) return RECOVERY;
  return Object.hasOwn(OWNED, setting) ? OWNED[setting] : undefined;
}

/** What values are measured against. */
type Needs = Pick<ServiceOfKind<'postgres'>, 'replicas' | 'synchronous'>;

/** Gives why a value of a free setting would break replication, or what `synchronous` promises; `undefined` when it does neither. */
export function breachOf({ setting, value }: WrittenSetting, { replicas, synchronous }: Needs): Owner | undefined {
  const others = Math.max(1, new Set(replicas).size);
  switch (setting) {
    case 'wal_level':
      return String(value).toLowerCase() === 'minimal'
        ? { why: 'a replica, and a copy, cannot be made from so little', instead: 'remove it, or write logical' }
        : undefined;
    case 'max_wal_senders':
      // pg_basebackup takes two: the files, and the log meanwhile.
      return tooFew({ setting, value }, 2 * others, 'each replica takes one to follow and two to be copied');
    case 'max_replication_slots':
      return tooFew({ setting, value }, others, 'each replica has a slot of its own');
    case 'synchronous_commit':
      return synchronous === undefined || isOn(value) || String(value).toLowerCase() === 'remote_apply'
        ? undefined
        : {
            why: `synchronous: ${synchronous} promises that a replica has every acknowledged write on its disk`,
            instead: 'remove it, or write remote_apply',
          };
    default:
      return undefined;
  }
}

function tooFew({ setting, value }: WrittenSetting, least: number, why: string): Owner | undefined {
  const known = settingOf(setting);
  const amount = known === undefined ? undefined : amountOf(known, value);
  return amount === undefined || amount >= least ? undefined : { why, instead: `write ${least} or more, or remove it` };
}

/** Gives what a value gives up; `undefined` when nothing that is known here. */
export function lossOf({ setting, value }: WrittenSetting): Loss | undefined {
  if (setting === 'synchronous_commit' && isOff(value)) {
    return {
      loss: 'a crash, even of the process alone, loses the last acknowledged writes: up to three times wal_writer_delay',
      instead: 'write SET LOCAL synchronous_commit = off in the transactions that can do without',
    };
  }
  const isBlind = /^(?:zero_damaged_pages|ignore_checksum_failure|ignore_invalid_pages)$/.test(setting);
  return isBlind && isOn(value)
    ? { loss: 'damaged pages are passed over instead of reported, and what stood on them is gone', instead: REMOVE }
    : undefined;
}
