import { fakeClock, Secret } from '@flotilla/exec';
import type { FlotillaError, GuardStatus, Tree } from '@flotilla/model';

import type { GateVerdict } from '../src/apply/context.ts';
import { deploy } from '../src/apply/deploy.ts';
import type { DeployEvent } from '../src/events.ts';
import type { DeployReport } from '../src/report.ts';
import { fakeFleet } from './fake-fleet.ts';
import type { FakeFleet } from './fake-fleet.ts';

/** A gate's answer to a release that is not well. */
export const SICK: GateVerdict = { kind: 'unhealthy', evidence: { output: 'HTTP 500', logs: 'boom' } };

/** A fake fleet with a deploy around it. */
export type Bench = {
  readonly fake: FakeFleet;
  readonly events: readonly DeployEvent[];
  /** Verdicts by `server project`; healthy where none is given. */
  readonly verdicts: Map<string, GateVerdict>;
  /** Makes a server primary of `db` and the other ones its streaming replicas, by their guards' word. */
  lead(primary: string, members: readonly string[], to?: 'patroni'): void;
  /** Answers of the next hand-overs; they succeed when there is none. */
  readonly handOverErrors: FlotillaError[];
  run(tree: Tree, signal?: AbortSignal): Promise<DeployReport>;
  /** The log without looks, locks, heartbeats and preparations. */
  acted(): readonly string[];
  /** Current release of a service on the application servers. */
  hashes(service: string): readonly (string | undefined)[];
};

/** Gives a bench of empty servers: a balancer and two application servers. `firstAnswers` come before the verdicts, while there are any. */
export function deployBench(firstAnswers: () => GateVerdict | undefined = () => undefined): Bench {
  const fake = fakeFleet(['lb', 'app1', 'app2']);
  const events: DeployEvent[] = [];
  const verdicts = new Map<string, GateVerdict>();
  const handOverErrors: FlotillaError[] = [];
  const lead: Bench['lead'] = (primary, members, to) => {
    for (const server of members) fake.servers[server]?.guards.set('db', statusOf(server, primary, to));
  };
  const run: Bench['run'] = (tree, signal) =>
    deploy({
      fleet: fake.fleet,
      tree,
      secrets: { read: async (name) => new Secret(`value of ${name}`) },
      gate: async (server, { project }) =>
        firstAnswers() ?? verdicts.get(`${server.name} ${project}`) ?? { kind: 'healthy' },
      handOver: async (service, to) => {
        fake.note(`hand over ${service} to ${to}`);
        const error = handOverErrors.shift();
        if (error !== undefined) throw error;
        lead(to, ['app1', 'app2']);
      },
      clock: fakeClock(),
      events: (event) => void events.push(event),
      holder: 'maria',
      reason: 'test',
      ...(signal === undefined ? {} : { signal }),
    });
  return {
    fake,
    events,
    verdicts,
    lead,
    handOverErrors,
    run,
    acted: () => fake.log.filter((line) => !/ (observe|lock|keep|unlock|upload|pull)$/.test(line)),
    hashes: (service) => ['app1', 'app2'].map((server) => fake.servers[server]?.units.get(service)?.current),
  };
}

function statusOf(server: string, primary: string, to: 'patroni' | undefined): GuardStatus {
  const isPrimary = server === primary;
  const at = '2026-01-01T00:00:00Z';
  const held = isPrimary ? ({ kind: 'open', term: 3 } as const) : ({ kind: 'replica', of: primary, term: 3 } as const);
  return {
    server,
    service: 'db',
    record: to === undefined ? { term: 3, holder: primary, phase: 'promoted', at } : null,
    verdict: to === undefined ? held : { kind: 'yielded', to },
    engine: isPrimary
      ? { state: 'running', role: 'primary' }
      : { state: 'running', role: 'replica', streaming: true, lagMs: 0 },
    peers: {},
    remembers: {},
    votes: true,
    bootId: 'b1',
  };
}

/** Gives the state of every unit of a report, one line each. */
export function states({ servers }: DeployReport): readonly string[] {
  return servers.flatMap(({ server, units }) => units.map(({ service, state }) => `${server}/${service} ${state}`));
}
