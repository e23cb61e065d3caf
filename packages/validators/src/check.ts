import type { Environment, Finding, SourceMap } from '@flotilla/model';
import { compareFindings } from '@flotilla/model';

import { acknowledgement } from './rules/acknowledgement.ts';
import { backupsNotCarriedOut } from './rules/backups-not-carried-out.ts';
import { capacity } from './rules/capacity.ts';
import { cleartextSecrets } from './rules/cleartext-secrets.ts';
import { connectionTargets } from './rules/connection-targets.ts';
import { cycles } from './rules/cycles.ts';
import { databaseExposure } from './rules/database-exposure.ts';
import { databaseImages } from './rules/database-images.ts';
import { deadPorts } from './rules/dead-ports.ts';
import { defaultImages } from './rules/default-images.ts';
import { duplicateAddresses } from './rules/duplicate-addresses.ts';
import { duplicateMembers } from './rules/duplicate-members.ts';
import { duplicatePower } from './rules/duplicate-power.ts';
import { edgePorts } from './rules/edge-ports.ts';
import { environmentName } from './rules/environment-name.ts';
import { failoverFields } from './rules/failover-fields.ts';
import { ignoredVariables } from './rules/ignored-variables.ts';
import { missingBackups } from './rules/missing-backups.ts';
import { missingHealth } from './rules/missing-health.ts';
import { missingSecrets } from './rules/missing-secrets.ts';
import { mutableImages } from './rules/mutable-images.ts';
import { mysqlMemory } from './rules/mysql-memory.ts';
import { mysqlSettings } from './rules/mysql-settings.ts';
import { openNotEnforced } from './rules/open-not-enforced.ts';
import { poolerConnections } from './rules/pooler-connections.ts';
import { portConflicts } from './rules/port-conflicts.ts';
import { postgresMemory } from './rules/postgres-memory.ts';
import { postgresSettings } from './rules/postgres-settings.ts';
import { powerSecrets } from './rules/power-secrets.ts';
import { quorum } from './rules/quorum.ts';
import { redisSettings } from './rules/redis-settings.ts';
import { routedTwice } from './rules/routed-twice.ts';
import { rtoFloors } from './rules/rto-floors.ts';
import type { EnvironmentRule, TreeInput, TreeRule } from './rules/rule.ts';
import { singleInstance } from './rules/single-instance.ts';
import { unknownReferences } from './rules/unknown-references.ts';

/** Without these, what an environment means is not settled, and nothing can be derived from it. */
const REFERENCE_RULES: readonly EnvironmentRule[] = [
  unknownReferences,
  duplicateMembers,
  duplicateAddresses,
  cycles,
  connectionTargets,
];

const ENVIRONMENT_RULES: readonly EnvironmentRule[] = [
  environmentName,
  duplicatePower,
  deadPorts,
  edgePorts,
  openNotEnforced,
  routedTwice,
  missingHealth,
  mutableImages,
  cleartextSecrets,
  databaseExposure,
  quorum,
  failoverFields,
  acknowledgement,
  singleInstance,
  missingBackups,
  backupsNotCarriedOut,
  databaseImages,
  ignoredVariables,
  mysqlMemory,
  mysqlSettings,
  postgresSettings,
  postgresMemory,
  redisSettings,
  rtoFloors,
];

const TREE_RULES: readonly TreeRule[] = [
  capacity,
  defaultImages,
  poolerConnections,
  portConflicts,
  missingSecrets,
  powerSecrets,
];

/** What the rules say of an environment alone. */
export type EnvironmentCheck = {
  /** Sorted by place. */
  readonly findings: readonly Finding[];
  /** False when references are broken, so that a tree rendered from this environment would mean nothing. */
  readonly canRender: boolean;
};

/** Gives what is wrong with an environment before anything is derived from it, and whether it can be rendered. */
export function inspectEnvironment(environment: Environment, sources: SourceMap): EnvironmentCheck {
  const input = { environment, sources };
  const references = REFERENCE_RULES.flatMap((rule) => rule.check(input));
  const others = ENVIRONMENT_RULES.flatMap((rule) => rule.check(input));
  return {
    findings: [...references, ...others].sort(compareFindings),
    canRender: !references.some((one) => one.severity === 'error'),
  };
}

/** Gives everything that the rules say of an environment without a tree; sorted by place. */
export function checkEnvironment(environment: Environment, sources: SourceMap): readonly Finding[] {
  return inspectEnvironment(environment, sources).findings;
}

/** Gives what the rules say of a rendered fleet: capacity, connections, ports, secrets; sorted by place. */
export function checkTree(input: TreeInput): readonly Finding[] {
  return TREE_RULES.flatMap((rule) => rule.check(input)).sort(compareFindings);
}
