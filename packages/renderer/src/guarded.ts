/** What the containers of every database have in common with their guard. */

/** Where a database container and a guard see their secret files. */
export const SECRETS_MOUNT = '/secrets';

/** Where a database container sees the folder that it shares with the guard. */
export const RUN_MOUNT = '/run/flotilla/guard';

/** How long until the guard has read a majority and opened the engine, or a replica has cloned and streams. */
export const GUARD_GATE_GRACE_MS = 120_000;
