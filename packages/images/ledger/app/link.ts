import { ANSWER_TIMEOUT_MS } from './limits.ts';

/** A connection that is made when it is needed and made anew after it failed. */
export type Link<C> = {
  /** Runs work on the connection; throws what the work throws, and an `Error` after 5 s. Then the next use connects again. */
  use<T>(work: (client: C) => Promise<T>): Promise<T>;
  close(): Promise<void>;
};

type Ending = { end(): void };

/** Gives a link over `open`, whose argument is to be called when an open connection is lost. */
export function lazyLink<C>(open: (onLost: () => void) => Promise<C & Ending>): Link<C> {
  let current: Promise<C & Ending> | undefined;
  const drop = (connection: Promise<C & Ending>) => {
    // Whoever drops it first ends it.
    if (current !== connection) return;
    current = undefined;
    connection.then((client) => client.end()).catch(() => undefined);
  };
  const connect = () => {
    const connection = open(() => drop(connection));
    return connection;
  };
  return {
    use: async (work) => {
      const connection = (current ??= connect());
      try {
        return await inTime(connection.then(work));
      } catch (error) {
        drop(connection);
        throw error;
      }
    },
    close: async () => {
      const connection = current;
      if (connection === undefined) return;
      drop(connection);
      await connection.catch(() => undefined);
    },
  };
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_TIMEOUT_MS} ms`)), ANSWER_TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
