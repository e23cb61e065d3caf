/** Why a setting is not free, and what to write instead. */
type Owner = { readonly why: string; readonly instead: string };

const REMOVE = 'remove it';

/** What the wrapper passes on the command line, or what the rendered main file ends with: a written value would not hold, or break it. */
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
  unix_socket_directories: { why: 'the guard speaks to the engine through its socket', instead: REMOVE },
  cluster_name: { why: 'it is the name of the server', instead: REMOVE },
  primary_conninfo: { why: 'a replica follows the primary that the guard names', instead: REMOVE },
  primary_slot_name: { why: 'every replica has a slot of its own, named after its server', instead: REMOVE },
  restore_command: { why: 'a replica gets its log from the primary that the guard names', instead: REMOVE },
  wal_retrieve_retry_interval: {
    why: 'replicas are started with 1s, so that a failover is followed soon',
    instead: REMOVE,
  },
};

/** Where recovery ends is one decision, whichever of these settings takes it. */
const RECOVERY: Owner = { why: 'a replica follows the newest timeline for as long as the guard says', instead: REMOVE };

/** Gives who owns a setting that nobody else may set; `undefined` when it is free. */
export function ownerOf(setting: string): Owner | undefined {
  if (/^recovery_target(?:_|$)/.test(setting)) return RECOVERY;
  return Object.hasOwn(OWNED, setting) ? OWNED[setting] : undefined;
}
