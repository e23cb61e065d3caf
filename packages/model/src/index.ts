export type { FailoverRefusalCode } from './catalogue/failover.ts';
export { errorCatalogue, findingCatalogue } from './catalogue/index.ts';
export type { ErrorCode, ErrorFacts, FindingCode, FindingFacts } from './catalogue/index.ts';
export * from './conventions.ts';
export {
  CONTROL_WORDS,
  controlOf,
  COPY_DATA,
  DATABASE_KINDS,
  DEFAULT_RTO_MS,
  isDatabase,
  REDIS_KEYS_SHARE,
  replicasToWrite,
  serversOf,
  votersOf,
} from './databases.ts';
export type { Control, DatabaseKind, DatabaseService } from './databases.ts';
export { finding, FlotillaError } from './errors.ts';
export { compareFindings, compareText } from './finding.ts';
export type { Finding, Path, Position, Severity, SourceMap } from './finding.ts';
export type {
  EngineFacts,
  EnginePosition,
  GuardConfig,
  GuardedService,
  GuardStatus,
  GuardVerdict,
  SeenEngine,
  SeenTerm,
  SynchronousFacts,
  SynchronousMode,
  TermRecord,
  TimelineSwitch,
} from './guard.ts';
export { jsonSchema } from './json-schema.ts';
export type { ReadText } from './layers.ts';
export { parseEnvironment } from './parse-environment.ts';
export type { EnvironmentInput, ParsedEnvironment } from './parse-environment.ts';
export { countGtids, gtidsFrom, subtractGtids } from './position/gtid-set.ts';
export { holds } from './position/holds.ts';
export { countMissing } from './position/missing.ts';
export { parseSecrets } from './parse-secrets.ts';
export type { ParsedSecrets } from './parse-secrets.ts';
export { environmentSchema, serviceSchema } from './schema.ts';
export type {
  BackupPolicy,
  Environment,
  Health,
  Power,
  Server,
  Service,
  ServiceKind,
  ServiceOfKind,
  Uses,
} from './schema.ts';
export { accountStatements, GUARD_ACCOUNT } from './sql-accounts.ts';
export type { SqlKind, SqlPasswords } from './sql-accounts.ts';
export { suggest } from './suggest.ts';
export { unitFolder } from './tree.ts';
export type {
  DrainPoint,
  FileEffect,
  ProbeSpec,
  RenderedFile,
  SecretUse,
  ServerTree,
  ServiceUnit,
  Tier,
  Tree,
} from './tree.ts';
export { formatSize, parseDuration, parseSize } from './units.ts';
