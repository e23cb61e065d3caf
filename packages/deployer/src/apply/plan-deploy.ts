import { planWaves } from '../plan/index.ts';
import { dataCosts } from '../plan/data-costs.ts';
import type { DataCost } from '../plan/data-costs.ts';
import type { ActiveChange, Wave } from '../plan/index.ts';
import { demandData, demandServers } from './demands.ts';
import type { EdgeEntries } from './drain.ts';
import { survey } from './survey.ts';
import type { Survey, SurveyOptions } from './survey.ts';

/** What a deploy would find and do on one server. */
export type ServerForecast = {
  readonly server: string;
  /** Why it did not answer; a deploy would leave it for later. Absent for a server that answered. */
  readonly unreachable?: string;
  /** Why a person froze it; a deploy would pass it over. Absent when nobody did. */
  readonly hold?: string;
  /** In start order, removals last. Empty when nothing changes, and for a server that did not answer. */
  readonly changes: readonly ActiveChange[];
  /** Services that nobody declares any more and that have data: left alone. */
  readonly kept: readonly string[];
};

/** What a deploy of one tree would do to the fleet as it is now. */
export type DeployForecast = {
  readonly environment: string;
  /** Digest of the tree that would be deployed. */
  readonly digest: string;
  /** Targets, in the tree's order. */
  readonly servers: readonly ServerForecast[];
  /** What clients of databases would notice. */
  readonly costs: readonly DataCost[];
  /** The order in which it would act; empty when there is nothing to change. */
  readonly waves: readonly Wave[];
  /** Entries that an interrupted deploy left out of rotation, and that the next one puts back. */
  readonly leftDrained: readonly EdgeEntries[];
};

/**
 * Reads the real fleet in one round trip per server and says what a deploy of the tree would do. Changes nothing and takes no lock.
 * Throws what a deploy would refuse at once: DEPLOY_NO_SERVER when no target answers, DEPLOY_HOST_KEY_REFUSED, DEPLOY_CONTROL_CHANGED,
 * DEPLOY_MAJOR_VERSION and DEPLOY_PRIMARY_FIRST.
 * @example const forecast = await planDeploy({ fleet, tree });
 */
export async function planDeploy(options: SurveyOptions): Promise<DeployForecast> {
  const { tree } = options;
  const seen = await survey(options);
  demandServers(seen, tree.environment);
  demandData(seen, tree);
  const waves = planWaves({ after: tree, changes: seen.changes, ...seen.roles });
  return {
    environment: tree.environment,
    digest: tree.digest,
    servers: seen.targets.map(({ server }) => forecast(seen, server)),
    costs: dataCosts(waves, seen.roles),
    waves,
    leftDrained: seen.leftDrained,
  };
}

/** Tells whether a deploy would do anything at all to the servers that answer. */
export function wouldChange({ waves, leftDrained }: DeployForecast): boolean {
  return waves.length > 0 || leftDrained.length > 0;
}

function forecast(seen: Survey, server: string): ServerForecast {
  const unreachable = seen.unreachable.get(server);
  const hold = seen.observations.get(server)?.hold;
  const planned = [...seen.changes, ...seen.frozen].filter((one) => one.server === server);
  return {
    server,
    ...(unreachable === undefined ? {} : { unreachable }),
    ...(hold === undefined ? {} : { hold }),
    changes: planned.flatMap(({ changes }) => changes.flatMap((change) => (change.kind === 'none' ? [] : [change]))),
    kept: seen.kept.flatMap((unit) => (unit.server === server ? [unit.service] : [])),
  };
}
