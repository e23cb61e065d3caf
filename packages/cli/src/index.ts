export { loadFleet } from './load-fleet.ts';
export type { Fleet, FleetInput, LoadedFleet } from './load-fleet.ts';
