/** What the process says to whoever started it. */
export const exitCodes = {
  done: 0,
  failed: 1,
  /** The input or the call is wrong; nothing was touched. */
  invalid: 2,
  /** Only with `--exit-code`: there are changes. */
  changes: 3,
  unhealthy: 4,
  /** A server was offline and is left for later. */
  partly: 5,
  bug: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
