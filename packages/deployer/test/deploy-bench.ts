import { fakeClock, Secret } from '@flotilla/exec';
import type { Tree } from '@flotilla/model';

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
  run(tree: Tree): Promise<DeployReport>;
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
  const run = (tree: Tree) =>
    deploy({
      fleet: fake.fleet,
      tree,
      secrets: { read: async (name) => new Secret(`value of ${name}`) },
      gate: async (server, { project }) =>
        firstAnswers() ?? verdicts.get(`${server.name} ${project}`) ?? { kind: 'healthy' },
      clock: fakeClock(),
      events: (event) => void events.push(event),
      holder: 'maria',
      reason: 'test',
    });
  return {
    fake,
    events,
    verdicts,
    run,
    acted: () => fake.log.filter((line) => !/ (observe|lock|keep|unlock|upload|pull)$/.test(line)),
    hashes: (service) => ['app1', 'app2'].map((server) => fake.servers[server]?.units.get(service)?.current),
  };
}

/** Gives the state of every unit of a report, one line each. */
export function states({ servers }: DeployReport): readonly string[] {
  return servers.flatMap(({ server, units }) => units.map(({ service, state }) => `${server}/${service} ${state}`));
}
