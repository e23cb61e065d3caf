export type { HandOver } from './data-steps.ts';
export { compareFiles } from './file-changes.ts';
export type { FileChange } from './file-changes.ts';
export { gravest } from './impact.ts';
export type { Impact } from './impact.ts';
export type { ObservedServer, ObservedUnit } from './observed.ts';
export { planChanges } from './plan-changes.ts';
export { planUnits } from './plan-units.ts';
export type { ActiveChange, UnitChange } from './plan-units.ts';
export { planWaves } from './plan-waves.ts';
export type { ServerChanges, Wave, WaveGroup, WaveInput } from './plan-waves.ts';
export { hasChanges, isUnchanged, refusedIn } from './plan.ts';
export type {
  Differences,
  HostOperation,
  Operation,
  Plan,
  RefusalCode,
  RefusedService,
  ServerPlan,
  UnitOperation,
} from './plan.ts';
