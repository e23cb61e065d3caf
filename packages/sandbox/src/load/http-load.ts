import { Agent, request } from 'node:http';

import type { Clock } from '@flotilla/exec';

/** How the load asks. */
export type HttpLoadOptions = {
  /** An http: address. */
  readonly url: string;
  /** Clients that ask one after another; half of them, the odd ones, keep their cookies. 4 when absent. */
  readonly lanes?: number;
  /** Time from one request of a lane to its next, at least. 20 ms when absent. */
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
  readonly clock: Clock;
};

/** One request that got no 2xx. */
export type FailedRequest = { readonly lane: number; readonly at: number; readonly reason: string };

/** What a load saw. */
export type HttpLoadReport = {
  readonly requests: number;
  readonly failed: readonly FailedRequest[];
  /** Sent a second time, because a kept connection was closed before its answer began: what a browser does unseen. */
  readonly resent: number;
  /** Longest time between two answers, in milliseconds. */
  readonly longestGapMs: number;
  /** Values that each cookie was set to, by cookie name, sorted. */
  readonly cookies: Readonly<Record<string, readonly string[]>>;
};

/** A running load. */
export type HttpLoad = {
  /** Requests so far. */
  requests(): number;
  /** Ends it and tells what it saw. May be called once. */
  stop(): Promise<HttpLoadReport>;
};

/**
 * Starts to ask for a page again and again, and counts every request that fails.
 * @example const load = httpLoad({ url: 'http://192.0.2.10/', clock: systemClock() }); …; const { failed } = await load.stop();
 */
export function httpLoad(options: HttpLoadOptions): HttpLoad {
  const { lanes = 4 } = options;
  const stopping = new AbortController();
  const tally: Tally = { requests: 0, resent: 0, failed: [], answeredAt: [performance.now()], cookies: new Map() };
  const running = Array.from({ length: lanes }, (_, lane) =>
    runLane({ options, lane, tally, signal: stopping.signal }),
  );
  return {
    requests: () => tally.requests,
    stop: async () => {
      stopping.abort();
      await Promise.all(running);
      return report(tally);
    },
  };
}

type Tally = {
  requests: number;
  resent: number;
  readonly failed: FailedRequest[];
  readonly answeredAt: number[];
  readonly cookies: Map<string, Set<string>>;
};

type Lane = {
  readonly options: HttpLoadOptions;
  readonly lane: number;
  readonly tally: Tally;
  readonly signal: AbortSignal;
};

async function runLane({ options, lane, tally, signal }: Lane): Promise<void> {
  const { clock, intervalMs = 20 } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const jar = new Map<string, string>();
  while (!signal.aborted) {
    const startedAt = performance.now();
    const answer = await askTwice({ options, agent, jar: lane % 2 === 1 ? jar : new Map() }, tally);
    tally.requests += 1;
    if (answer.failure === undefined) tally.answeredAt.push(performance.now());
    else tally.failed.push({ lane, at: clock.now(), reason: answer.failure });
    keepCookies(answer.cookies, jar, tally.cookies);
    await clock.sleep(Math.max(0, intervalMs - (performance.now() - startedAt)), signal);
  }
  agent.destroy();
}

type Asking = { readonly options: HttpLoadOptions; readonly agent: Agent; readonly jar: ReadonlyMap<string, string> };
type Answer = { readonly failure?: string; readonly closedBeforeAnswer: boolean; readonly cookies: readonly string[] };

async function askTwice(asking: Asking, tally: Tally): Promise<Answer> {
  const answer = await ask(asking);
  if (!answer.closedBeforeAnswer) return answer;
  tally.resent += 1;
  return ask(asking);
}

function ask({ options, agent, jar }: Asking): Promise<Answer> {
  const { url, timeoutMs = 5_000 } = options;
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  return new Promise((resolve) => {
    const headers = cookie === '' ? {} : { cookie };
    const asked = request(url, { agent, headers, timeout: timeoutMs }, (response) => {
      const status = response.statusCode ?? 0;
      const cookies = response.headers['set-cookie'] ?? [];
      const failure = status >= 200 && status < 300 ? {} : { failure: `status ${status}` };
      response.once('error', (error) => resolve({ failure: error.message, closedBeforeAnswer: false, cookies }));
      response.once('end', () => resolve({ ...failure, closedBeforeAnswer: false, cookies }));
      response.resume();
    });
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    asked.once('error', (error) => {
      const isReset = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      resolve({ failure: error.message, closedBeforeAnswer: asked.reusedSocket && isReset, cookies: [] });
    });
    asked.end();
  });
}

function keepCookies(cookies: readonly string[], jar: Map<string, string>, seen: Map<string, Set<string>>): void {
  for (const text of cookies) {
    const [, name, value] = /^([^=;]+)=([^;]*)/.exec(text) ?? [];
    if (name === undefined || value === undefined) continue;
    jar.set(name, value);
    seen.set(name, (seen.get(name) ?? new Set()).add(value));
  }
}

function report({ requests, resent, failed, answeredAt, cookies }: Tally): HttpLoadReport {
  const times = [...answeredAt, performance.now()];
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  return {
    requests,
    resent,
    failed,
    longestGapMs: Math.round(gaps.reduce((longest, gap) => Math.max(longest, gap), 0)),
    cookies: Object.fromEntries([...cookies].map(([name, values]) => [name, [...values].toSorted()])),
  };
}
