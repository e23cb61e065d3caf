/** Writes one line per change of state. */
export type Log = (event: Readonly<Record<string, unknown>>) => void;

/** Gives the log on standard error: one JSON object per line, with the time first. */
export function logToStderr(): Log {
  return (event) => {
    process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`);
  };
}
