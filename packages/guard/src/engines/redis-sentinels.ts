import { openLink } from './redis-link.ts';

const INTERVAL_MS = 100;
/** Between two tries to reach one that does not answer: each of them makes a connection. */
const RETRY_MS = 500;
const TIMEOUT_MS = 500;
/** What a Sentinel said longer ago than this counts no more. */
const FRESH_MS = 1_500;

/** What the Sentinels of one service say. */
export type SentinelWatch = {
  /** Gives the address, `host:port`, that a majority of all Sentinels names as primary; `undefined` when none is. */
  named(): string | undefined;
  close(): void;
};

/** Whom to ask about what. */
export type SentinelPlace = {
  readonly service: string;
  /** All of them, each `host:port`. */
  readonly addresses: readonly string[];
};

type Word = { readonly address: string; readonly at: number };

/** Asks every Sentinel again and again, each on its own, so that a silent one delays nobody. Who only asks needs no password. */
export function watchSentinels(place: SentinelPlace): SentinelWatch {
  const words = new Map<string, Word>();
  const ending = new AbortController();
  for (const address of place.addresses) void askOften(place, { address, words, signal: ending.signal });
  return {
    named: () => majorityOf([...words.values()], { total: place.addresses.length, now: performance.now() }),
    close: () => ending.abort(),
  };
}

/** Gives the address on which more than half of `total` agree, by words that are still fresh. */
export function majorityOf(
  words: readonly Word[],
  { total, now }: { readonly total: number; readonly now: number },
): string | undefined {
  const fresh = words.filter(({ at }) => now - at <= FRESH_MS).map(({ address }) => address);
  return fresh.find((address) => fresh.filter((other) => other === address).length * 2 > total);
}

type Asked = { readonly address: string; readonly words: Map<string, Word>; readonly signal: AbortSignal };

async function askOften({ service }: SentinelPlace, { address, words, signal }: Asked): Promise<void> {
  const cut = address.lastIndexOf(':');
  const link = openLink(
    { host: address.slice(0, cut), port: Number(address.slice(cut + 1)) },
    {
      timeoutMs: TIMEOUT_MS,
    },
  );
  while (!signal.aborted) {
    const askedAt = performance.now();
    let waitMs = INTERVAL_MS;
    try {
      const [answer] = await link.ask(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', service]);
      if (Array.isArray(answer)) words.set(address, { address: answer.join(':'), at: askedAt });
      else words.delete(address);
    } catch {
      // Its last word grows old.
      waitMs = RETRY_MS;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
  link.close();
}
