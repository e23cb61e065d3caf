export { checkEnvironment, checkTree, inspectEnvironment } from './check.ts';
export type { EnvironmentCheck } from './check.ts';
export type { TreeInput } from './rules/rule.ts';
export { findSecrets, isPlaceholder, isSecretName } from './secrets.ts';
export type { SecretSpan } from './secrets.ts';
