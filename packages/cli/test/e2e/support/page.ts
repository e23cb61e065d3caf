import { systemClock } from '@flotilla/exec';
import { httpLoad } from '@flotilla/sandbox';
import type { HttpLoadReport } from '@flotilla/sandbox';

import type { TestFleet } from './fleet.ts';

/** Gives the address of the page, through the balancer. */
function pageUrl({ sandbox }: TestFleet): string {
  const edge = sandbox.servers.find(({ name }) => name === 'lb');
  if (edge === undefined) throw new Error('there is no balancer');
  return `http://${edge.address}/`;
}

/** One look at the page. */
export type Visit = {
  readonly status: number;
  /** Entry of the balancer's cookie; absent when it set none. */
  readonly entry: string | undefined;
  readonly session: string | undefined;
  /** Application server that answered, by a name of its own. */
  readonly server: string | undefined;
  readonly release: string | undefined;
  /** Visits of this session so far. */
  readonly counter: number | undefined;
};

/** Asks for the page once, with the cookies given. */
export async function visit(fleet: TestFleet, cookies: Readonly<Record<string, string>> = {}): Promise<Visit> {
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  const headers = { accept: 'application/json', ...(cookie.length === 0 ? {} : { cookie: cookie.join('; ') }) };
  const answer = await fetch(pageUrl(fleet), { headers, signal: AbortSignal.timeout(15_000) });
  const body: unknown = answer.status === 200 ? await answer.json() : await answer.text();
  const set = (name: string) =>
    answer.headers
      .getSetCookie()
      .map((text) => new RegExp(`^${name}=([^;]*)`).exec(text)?.[1])
      .find((value) => value !== undefined);
  const counter =
    typeof body === 'object' && body !== null && 'counter' in body ? { counter: Number(body.counter) } : {};
  return {
    status: answer.status,
    entry: set('SERVERID'),
    session: set('waybill_session'),
    server: answer.headers.get('x-waybill-server') ?? undefined,
    release: answer.headers.get('x-waybill-release') ?? undefined,
    counter: undefined,
    ...counter,
  };
}

/** Gives what `work` gives and what a load saw while it ran. Half of the load's clients keep their cookies. */
export async function underLoad<T>(
  fleet: TestFleet,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly load: HttpLoadReport }> {
  const running = httpLoad({ url: pageUrl(fleet), lanes: 6, intervalMs: 60, clock: systemClock() });
  try {
    const result = await work();
    return { result, load: await running.stop() };
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** Gives the releases that the fleet's application servers answer with, by the balancer's entry. */
export async function releases(fleet: TestFleet): Promise<Readonly<Record<string, string | undefined>>> {
  const entries = ['app1', 'app2'].map(
    async (entry) => [entry, (await visit(fleet, { SERVERID: entry })).release] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
