import { createClient, createSentinel } from 'redis';

import type { RedisConfig, SentinelConfig } from './config.ts';
import { CONNECT_TIMEOUT_MS } from './limits.ts';
import { lazyLink } from './link.ts';
import type { Link } from './link.ts';
import { errorText, log } from './log.ts';
import type { Entry, Store } from './store.ts';

/** A list, because its length after a push is the number of the entry: one command, which either happened or did not. */
const KEY = 'ledger:entries';

type Lists = {
  rPush(key: string, value: string): Promise<number>;
  lLen(key: string): Promise<number>;
  lRange(key: string, start: number, stop: number): Promise<string[]>;
};

/** Opens the ledger in Redis, at its address or as the Sentinels tell it. */
export function openRedis(config: RedisConfig | SentinelConfig): Store {
  if (config.kind === 'sentinel') {
    const link = sentinelLink(config);
    return { ...ledger(link, link), primary: () => link.use((client) => client.master()), close: () => link.close() };
  }
  const writes = directLink(config, config.port);
  const reads = config.readPort === config.port ? writes : directLink(config, config.readPort);
  return {
    ...ledger(writes, reads),
    primary: () => writes.use((client) => client.identity()),
    close: async () => {
      await Promise.all([writes.close(), reads.close()]);
    },
  };
}

function ledger(writes: Link<Lists>, reads: Link<Lists>): Pick<Store, 'append' | 'newest'> {
  return {
    append: (text) => writes.use((client) => client.rPush(KEY, JSON.stringify({ text, at: new Date().toISOString() }))),
    newest: (limit) =>
      reads.use(async (client) => {
        const first = Math.max(0, (await client.lLen(KEY)) - limit);
        const values = await client.lRange(KEY, first, first + limit - 1);
        return values.map((value, index) => entryOf(value, first + index + 1)).toReversed();
      }),
  };
}

function entryOf(value: string, number: number): Entry {
  const parsed: unknown = JSON.parse(value);
  const field = (name: 'text' | 'at') =>
    typeof parsed === 'object' && parsed !== null && name in parsed ? String(Reflect.get(parsed, name)) : '';
  return { number, text: field('text'), at: field('at') };
}

function directLink({ host, password }: RedisConfig, port: number): Link<Lists & { identity(): Promise<string> }> {
  return lazyLink(async (onLost) => {
    const client = createClient({
      socket: { host, port, connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false, keepAlive: true },
      ...(password === undefined ? {} : { password }),
      disableOfflineQueue: true,
    });
    client.on('error', onLost);
    await client.connect();
    return {
      rPush: (key, value) => client.rPush(key, value),
      lLen: (key) => client.lLen(key),
      lRange: (key, start, stop) => client.lRange(key, start, stop),
      identity: async () => {
        if (!/^role:master/m.test(await client.info('replication')))
          throw new Error('the write port leads to a replica');
        const { 'replica-announce-ip': announced } = await client.configGet('replica-announce-ip');
        return announced || (/^run_id:(\w{12})/m.exec(await client.info('server'))?.[1] ?? `${host}:${port}`);
      },
      end: () => client.destroy(),
    };
  });
}

function sentinelLink(config: SentinelConfig): Link<Lists & { master(): Promise<string> }> {
  const socket = { connectTimeout: CONNECT_TIMEOUT_MS } as const;
  return lazyLink(async () => {
    const client = createSentinel({
      name: config.master,
      sentinelRootNodes: [...config.sentinels],
      nodeClientOptions: { socket, ...(config.password === undefined ? {} : { password: config.password }) },
      sentinelClientOptions: { socket },
      // A push that is tried again after its answer was lost could be stored twice.
      maxCommandRediscovers: 0,
      scanInterval: 1_000,
    });
    // It tells of every node it cannot reach, also when the others suffice; what it cannot do shows in its answers.
    client.on('error', () => undefined);
    await client.connect();
    return {
      rPush: (key, value) => client.rPush(key, value),
      lLen: (key) => client.lLen(key),
      lRange: (key, start, stop) => client.lRange(key, start, stop),
      master: () => {
        const node = client.getMasterNode();
        return node === undefined
          ? Promise.reject(new Error('the Sentinels name no primary'))
          : Promise.resolve(`${node.host}:${node.port}`);
      },
      end: () => {
        client.destroy().catch((error: unknown) => log('link-not-closed', { error: errorText(error) }));
      },
    };
  });
}
