/** Longest time to get a connection. */
export const CONNECT_TIMEOUT_MS = 2_000;

/** Longest time to get an answer on a connection. */
export const ANSWER_TIMEOUT_MS = 5_000;
