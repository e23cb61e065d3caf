export { errorCatalogue, findingCatalogue } from './catalogue/index.ts';
export type { ErrorCode, ErrorFacts, FindingCode, FindingFacts } from './catalogue/index.ts';
export * from './conventions.ts';
export { finding, FlotillaError } from './errors.ts';
export { compareFindings, compareText } from './finding.ts';
export type { Finding, Path, Position, Severity, SourceMap } from './finding.ts';
export type { EngineFacts, GuardStatus, GuardVerdict, TermRecord, GuardConfig, GuardedService } from './guard.ts';
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
