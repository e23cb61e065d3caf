import { configPath } from './draft.ts';

const CONFIG = configPath('haproxy.cfg');

/** Command of a container that runs HAProxy with a master, which replaces its workers at a reload. */
export const HAPROXY_COMMAND = ['haproxy', '-W', '-db', '-f', CONFIG] as const;

/** Reloads HAProxy; fails before anything changes when the new configuration does not parse. */
export const HAPROXY_RELOAD = ['sh', '-c', `haproxy -c -q -f ${CONFIG} && kill -USR2 1`] as const;

/** Bytes that one proxied connection may need: two buffers of 16 KiB each way and what surrounds them. */
const CONNECTION_BYTES = 64 * 1024;

/** Gives how many connections half of a container's memory holds, in hundreds. */
export function connectionLimit(memoryBytes: number): number {
  return Math.max(100, Math.floor(memoryBytes / 2 / CONNECTION_BYTES / 100) * 100);
}
