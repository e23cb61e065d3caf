import { createClient } from 'redis';

/** Where a Redis or a Sentinel is reached. */
export type RedisEnd = { readonly path: string } | { readonly host: string; readonly port: number };

/** One connection, made on use and again after a failure. */
export type RedisLink = {
  /** Sends commands at once, in order, with nothing between them, and gives their replies. Throws what the first refused one says. */
  ask(...commands: readonly (readonly string[])[]): Promise<readonly unknown[]>;
  close(): void;
};

/** How to speak to an end. */
export type LinkOptions = {
  /** Asked at each connection. Absent where none is needed. */
  readonly password?: () => string;
  /** A question that takes longer fails, and drops the connection. */
  readonly timeoutMs: number;
};

/** Gives the link to one end. */
export function openLink(end: RedisEnd, { password, timeoutMs }: LinkOptions): RedisLink {
  let client: Promise<Client> | undefined;
  const drop = () => {
    const old = client;
    client = undefined;
    void old?.then((open) => open.destroy()).catch(() => undefined);
  };
  const ask = async (commands: readonly (readonly string[])[]) => {
    client ??= connect(end, password?.(), drop);
    const open = await client;
    return Promise.all(commands.map((command) => open.sendCommand([...command])));
  };
  return {
    ask: async (...commands) => {
      try {
        return await within(timeoutMs, ask(commands));
      } catch (error) {
        drop();
        throw error;
      }
    },
    close: drop,
  };
}

type Client = ReturnType<typeof newClient>;

function newClient(end: RedisEnd, password: string | undefined) {
  return createClient({
    ...(password === undefined ? {} : { password }),
    socket: { ...end, connectTimeout: 1_000, reconnectStrategy: false },
    RESP: 2,
    maintNotifications: 'disabled',
    disableClientInfo: true,
  });
}

async function connect(end: RedisEnd, password: string | undefined, onEnd: () => void): Promise<Client> {
  const client = newClient(end, password);
  client.on('error', onEnd);
  client.on('end', onEnd);
  try {
    await client.connect();
    return client;
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw error;
  }
}

function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
