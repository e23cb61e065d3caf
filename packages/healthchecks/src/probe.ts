import { lastLines, printable, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { GUARD_PORT } from '@flotilla/model';
import type { ProbeSpec } from '@flotilla/model';

import type { Sample, Thresholds } from './decide.ts';
import { CONTAINER_PROBE, GUARD_PROBE, HTTP_PROBE } from './scripts.ts';

/** What a probe brought back. `unreachable`: nothing is known of the service. */
export type ProbeResult =
  | { readonly kind: 'answered'; readonly samples: readonly Sample[]; readonly logs: string }
  | { readonly kind: 'unreachable'; readonly detail: string };

/** A probe of one unit. */
export type ProbeTarget = {
  /** Compose project of the unit: `<environment>-<service>`. */
  readonly project: string;
  readonly spec: ProbeSpec;
  /** How long to go on asking, in milliseconds; 0 asks once. The grace of the spec when absent. */
  readonly graceMs?: number;
};

/** Seconds that a container without a health path must stay up; longer than Docker's first pauses between restarts. */
const STEADY_SECONDS = 3;
/** A gate need not wait as long between two questions as the balancer does in daily work. */
const GATE_INTERVAL_MS = 1_000;
const SSH_ALLOWANCE_MS = 30_000;

/** Asks a server about one of its units over one SSH call, until it is well by the spec's `rise` or the grace is over. */
export async function probeUnit(server: RemoteServer, target: ProbeTarget): Promise<ProbeResult> {
  const { spec, project } = target;
  const graceMs = target.graceMs ?? graceOf(spec);
  const { script, args } = scriptOf(spec);
  const { rise } = thresholdsOf(spec);
  const common = [project, String(rise), seconds(intervalOf(spec)), String(Math.ceil(graceMs / 1000))];
  const argv = remoteScript(script, [...common, ...args]);
  const result = await server.run({ argv, timeoutMs: graceMs + SSH_ALLOWANCE_MS });
  if (result.unreachable || result.timedOut || result.exitCode !== 0) {
    return { kind: 'unreachable', detail: lastLines(result.stderr) || `exit code ${result.exitCode}` };
  }
  return { kind: 'answered', ...parseAnswers(result.stdout) };
}

/** Gives how many answers in a row decide for this kind of probe. */
export function thresholdsOf(spec: ProbeSpec): Thresholds {
  if (spec.kind === 'http') return spec.health;
  // A container's answer already covers the seconds that it must have been steady for.
  return { rise: spec.kind === 'container' ? 1 : 2, fall: 1 };
}

/** Gives the answers and logs in what a probe script printed. */
function parseAnswers(stdout: string): { readonly samples: readonly Sample[]; readonly logs: string } {
  const lines = stdout.split('\n');
  const end = lines.indexOf('logs');
  const answers = end === -1 ? lines : lines.slice(0, end);
  const samples = answers.flatMap((line): readonly Sample[] => {
    const match = /^(ok|bad) (.*)$/.exec(line);
    return match === null ? [] : [{ isOk: match[1] === 'ok', output: printable(match[2] ?? '') }];
  });
  return { samples, logs: end === -1 ? '' : lastLines(lines.slice(end + 1).join('\n')) };
}

function graceOf(spec: ProbeSpec): number {
  if (spec.kind === 'http') return spec.health.grace;
  // Grace is the time to come up; being steady comes on top of it.
  return spec.kind === 'container' ? spec.graceMs + STEADY_SECONDS * 1_000 : spec.graceMs;
}

function intervalOf(spec: ProbeSpec): number {
  return spec.kind === 'http' ? Math.min(spec.health.interval, GATE_INTERVAL_MS) : GATE_INTERVAL_MS;
}

function scriptOf(spec: ProbeSpec): { readonly script: string; readonly args: readonly string[] } {
  switch (spec.kind) {
    case 'http':
      return { script: HTTP_PROBE, args: [spec.host, String(spec.port), spec.path, seconds(spec.health.timeout)] };
    case 'container':
      return { script: CONTAINER_PROBE, args: [String(STEADY_SECONDS)] };
    case 'guard':
      return { script: GUARD_PROBE, args: [String(GUARD_PORT), spec.service] };
    default:
      throw new Error(`unreachable: ${String(spec satisfies never)}`);
  }
}

function seconds(durationMs: number): string {
  return String(durationMs / 1000);
}
