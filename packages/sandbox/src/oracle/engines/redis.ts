import { createClient } from 'redis';

import type { Session } from '../session.ts';
import { within } from '../session.ts';
import type { Patience, RedisTarget } from '../target.ts';

const REIGN_KEY = 'flotilla_oracle:reign';
const rowsKey = (run: string) => `flotilla_oracle:rows:${run}`;

/** KEYS the reign, the rows; ARGV node, number. Counts what was written how often; rows of old runs go after a day. */
const WRITE = `
local last = redis.call('GET', KEYS[1])
local reign, node = string.match(last or '', '^(%d+) (.*)$')
if node ~= ARGV[1] then
  reign = (reign or 0) + 1
  redis.call('SET', KEYS[1], reign .. ' ' .. ARGV[1])
end
redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
if redis.call('HLEN', KEYS[2]) == 1 then redis.call('EXPIRE', KEYS[2], 86400) end
return tonumber(reign)`;

/**
 * Opens a session with Redis. It does not number its primaries, so the reign is counted in the data: a node that finds another's
 * name on the last reign begins the next, in the script that writes the row. Throws what the driver throws; nothing is left open then.
 */
export async function openRedis({ host, port, password }: RedisTarget, patience: Patience): Promise<Session> {
  const client = newClient({ host, port, password }, patience);
  const broken = new Promise<string>((resolve) => {
    client.on('error', (error: Error) => resolve(error.message));
    client.on('end', () => resolve('closed'));
  });
  const destroy = () => {
    if (client.isOpen) client.destroy();
  };
  const ask = (argv: string[]) => within(patience.statementMs, client.sendCommand(argv));
  try {
    await within(patience.connectMs, client.connect());
    const node = await askNode(ask);
    return {
      // A hash comes into being with its first field.
      prepare: async () => undefined,
      write: async ({ run, seq }) => {
        const reign = await ask(['EVAL', WRITE, '2', REIGN_KEY, rowsKey(run), node, String(seq)]);
        return { node, timeline: Number(reign) };
      },
      read: async (run) => {
        const rows = await within(patience.statementMs, client.hGetAll(rowsKey(run)));
        return Object.entries(rows)
          .map(([seq, copies]) => ({ seq: Number(seq), copies: Number(copies) }))
          .toSorted((left, right) => left.seq - right.seq);
      },
      broken,
      destroy,
    };
  } catch (error) {
    destroy();
    throw error;
  }
}

function newClient({ host, port, password }: Omit<RedisTarget, 'kind'>, { connectMs }: Patience) {
  return createClient({
    password,
    // The lane connects again by itself, and a row that is sent again would be written twice.
    socket: { host, port, connectTimeout: connectMs, reconnectStrategy: false },
    RESP: 2,
    maintNotifications: 'disabled',
    disableClientInfo: true,
  });
}

/** A member announces its address; without one, the address that this session reached tells them apart. */
async function askNode(ask: (argv: string[]) => Promise<unknown>): Promise<string> {
  const announced = await ask(['CONFIG', 'GET', 'replica-announce-ip']);
  if (Array.isArray(announced) && typeof announced[1] === 'string' && announced[1] !== '') return announced[1];
  const session = String(await ask(['CLIENT', 'INFO']));
  const local = /\bladdr=(\S+):\d+/.exec(session)?.[1];
  if (local === undefined) throw new Error('this Redis does not tell its address');
  return local;
}
