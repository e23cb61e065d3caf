import type { FailoverDecision, FailoverReport, RejoinReport } from '@flotilla/failover';

/** Gives what a switchover or failover did, for a terminal or a job summary. */
export function failoverLines(report: FailoverReport): readonly string[] {
  const { service, from, to, term, fence, loss } = report;
  const lines = [
    `${service}: ${to} is primary in term ${term}; it was ${from}`,
    `  from the command to the ${fenced(report)}: ${seconds(report.toProofMs)}`,
    `  from there to open: ${seconds(report.proofToOpenMs)}`,
  ];
  if (fence?.kind === 'unfenced')
    lines.push(`  UNFENCED: nothing proves that ${from} is out (${fence.tried.join('; ')})`);
  else if (fence) lines.push(`  fence: ${fence.kind}, ${fence.evidence}`);
  if (loss) {
    const since = loss.since ?? 'the start of the replica';
    lines.push(`  loss window: commits acknowledged by ${from} after ${since} and before ${loss.until} may be lost`);
    lines.push(`  ${to} had received up to ${loss.receivedLsn}; the exact count follows when ${from} rejoins`);
  } else {
    lines.push('  nothing was lost: the target had received everything');
  }
  return lines;
}

/** Gives what a failover would do. */
export function previewLine(service: string, { from, to, term }: FailoverDecision): string {
  return `${service}: ${to} would take over from ${from} in term ${term}; nothing was changed`;
}

/** Gives what a rejoin did. */
export function rejoinLines({ service, server, primary, divergence, tookMs }: RejoinReport): readonly string[] {
  const lines = [`${service}: ${server} follows ${primary}, after ${seconds(tookMs)}`];
  if (divergence === undefined) return [...lines, '  its data had not diverged'];
  return [
    ...lines,
    `  ${divergence.commits} commits were made on ${server} alone and are not on ${primary}`,
    `  its data are kept as they were in ${divergence.keptIn} (inside its container)`,
  ];
}

function fenced({ fence, from }: FailoverReport): string {
  return fence?.kind === 'unfenced' ? 'override' : `proof that ${from} is out`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(2)} s`;
}
