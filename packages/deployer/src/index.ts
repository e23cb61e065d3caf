export type { DeployOptions, Gate, GateVerdict, GiveRole } from './apply/context.ts';
export { deploy } from './apply/deploy.ts';
export type { HandedOver } from './apply/hand-over.ts';
export { planDeploy, wouldChange } from './apply/plan-deploy.ts';
export type { DeployForecast, ServerForecast } from './apply/plan-deploy.ts';
export { bootstrapServer } from './bootstrap/bootstrap.ts';
export type { BootstrapOptions, BootstrapReport } from './bootstrap/bootstrap.ts';
export type { DeployEvent, EventSink, UnitName } from './events.ts';
export { endHold, holdServer } from './hold.ts';
export { observeFleet, observeServer } from './observe/observe.ts';
export type { ObserveScope } from './observe/observe.ts';
export type {
  EdgeEntry,
  Observation,
  ObservedContainer,
  ObservedRelease,
  ServerObservation,
  UnreachableServer,
} from './observe/observation.ts';
export { toObservedServer } from './observe/observed.ts';
export type { DataCost } from './plan/data-costs.ts';
export * from './plan/index.ts';
export type { DeployReport, ServerReport, UnitReport, UnitState } from './report.ts';
