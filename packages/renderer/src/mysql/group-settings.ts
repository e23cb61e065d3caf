import { createHash } from 'node:crypto';

import { DEFAULT_RTO_MS } from '@flotilla/model';
import type { ServiceOfKind } from '@flotilla/model';

import { hostPort } from '../text.ts';
import type { SettingValue } from './settings.ts';

/** Port that the members of a group talk to each other on, on each member's address. */
export const GROUP_PORT = 33_061;

const MIB = 2 ** 20;
/** Until a silent member is suspected 5 s pass, which nothing changes; election and clients that follow take the rest. */
const FIXED_S = 10;
/** Longest that MySQL may be told to wait. */
const MOST_WAIT_S = 3_600;
/** A minority gives up this much later than the majority goes on without it. */
const MINORITY_S = 3;

/** A group as one of its members is told of it. */
export type Group = {
  /** UUID. */
  readonly name: string;
  /** This member's server. */
  readonly server: string;
  /** Server name to address of every member, sorted by name. */
  readonly members: ReadonlyMap<string, string>;
};

/** Gives the name of a service's group: a UUID that follows from the names alone and never changes. */
export function groupName(environment: string, service: string): string {
  const hash = createHash('sha1').update(`flotilla/group-replication/${environment}/${service}`).digest('hex');
  // Version 5, variant 1, as RFC 9562 has it for a UUID that was made of a name.
  const variant = ((Number.parseInt(hash.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `5${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}

/**
 * Gives the settings of a member of a group, in the order they are written. `loose`, because the plugin is not there while the data are made.
 * A member knows itself by the name of its server, which inside its container is the container: MySQL takes no address that is not its own.
 * Nothing starts by itself: the guard has a member join, with a password that is written nowhere. Outside the group nobody is served.
 */
export function groupSettings(
  { rto, memory, port }: Pick<ServiceOfKind<'mysql'>, 'rto' | 'memory' | 'port'>,
  { name, server, members }: Group,
): readonly (readonly [string, SettingValue])[] {
  const expelS = Math.min(
    MOST_WAIT_S,
    Math.max(0, Math.floor((rto ?? DEFAULT_RTO_MS['group-replication']) / 1_000) - FIXED_S),
  );
  const seeds = [...members.keys()].map((member) => hostPort(member, GROUP_PORT));
  const allowed = [...members].map(([member, host]) => (member === server ? member : host));
  const settings: readonly (readonly [string, SettingValue])[] = [
    ['group_name', name],
    ['local_address', hostPort(server, GROUP_PORT)],
    ['group_seeds', seeds.join(',')],
    ['ip_allowlist', allowed.join(',')],
    ['start_on_boot', false],
    ['bootstrap_group', false],
    ['single_primary_mode', true],
    ['consistency', 'BEFORE_ON_PRIMARY_FAILOVER'],
    ['member_expel_timeout', expelS],
    ['unreachable_majority_timeout', Math.min(MOST_WAIT_S, expelS + MINORITY_S)],
    ['autorejoin_tries', 0],
    ['exit_state_action', 'OFFLINE_MODE'],
    ['message_cache_size', Math.max(128 * MIB, Math.floor(memory / 8))],
    ['ssl_mode', 'REQUIRED'],
    ['recovery_use_ssl', true],
    ['recovery_get_public_key', true],
    ['recovery_reconnect_interval', 2],
  ];
  return [
    ['plugin_load_add', 'group_replication=group_replication.so'],
    ['report_port', port],
    ...settings.map(([key, value]) => [`loose_group_replication_${key}`, value] as const),
  ];
}
