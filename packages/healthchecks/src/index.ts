export { decide } from './decide.ts';
export type { Health, Sample, Thresholds } from './decide.ts';
export { gateUnit, judge } from './gate.ts';
export type { Evidence, GateTarget, Verdict } from './gate.ts';
export { probeUnit, thresholdsOf } from './probe.ts';
export type { ProbeResult, ProbeTarget } from './probe.ts';
