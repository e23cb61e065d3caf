import { describeLoss, formatLag } from '@flotilla/failover';
import type {
  FailoverForecast,
  FailoverReport,
  FenceProof,
  KeptData,
  LossWindow,
  RejoinReport,
} from '@flotilla/failover';
import { formatSize } from '@flotilla/model';

/** Gives what a switchover or failover did, for a terminal or a job summary. */
export function failoverLines(report: FailoverReport): readonly string[] {
  const { service, from, to, term, fence, alsoFenced = [], loss, probe } = report;
  const proofs = [...(fence === undefined ? [] : [fence]), ...alsoFenced];
  return [
    `${service}: ${to} is primary${term === undefined ? '' : ` in term ${term}`}; it was ${from}`,
    `  from the command to the ${fenced(report)}: ${seconds(report.toProofMs)}`,
    `  from there to open: ${seconds(report.proofToOpenMs)}`,
    ...proofs.map((proof) => `  ${proofLine(proof)}`),
    `  takes writes: ${probe.writers.join(' and ') || 'nobody yet'}; clients are sent there by ${probe.agreedBy.join(', ') || 'no server yet'}`,
    ...(loss === undefined ? ['  nothing was lost: the target had received everything'] : lossLines(report, loss)),
  ];
}

function proofLine(proof: FenceProof): string {
  if (proof.kind !== 'unfenced') return `fence of ${proof.server}: ${proof.kind}, ${proof.evidence}`;
  return `UNFENCED: nothing proves that ${proof.server} is out (${proof.tried.join('; ')})`;
}

function lossLines({ from, to }: FailoverReport, loss: LossWindow): readonly string[] {
  const since = loss.since ?? 'the start of the replica';
  const least = loss.missing === undefined ? '' : `; ${formatLag(loss.missing)} were seen on ${from} alone`;
  return [
    `  loss window: commits acknowledged by ${from} after ${since} and before ${loss.until} may be lost`,
    `  ${to} had received up to ${loss.received}${least}; the exact count follows when ${from} rejoins`,
  ];
}

/** Gives what a failover would do. */
export function previewLine(service: string, forecast: FailoverForecast): string {
  const { from, to, term, loss } = forecast;
  const reign = term === undefined ? '' : ` in term ${term}`;
  const word = loss.isPossible ? '; it needs --accept-loss' : '';
  return `${service}: ${to} would take over from ${from}${reign}; ${describeLoss(forecast, loss)}${word}; nothing was changed`;
}

/** Gives what a rejoin did. */
export function rejoinLines(report: RejoinReport): readonly string[] {
  const { service, server, primary, follows, voter, tookMs } = report;
  const head = `${service}: ${server} ${follows ? `follows ${primary}` : 'votes'}, after ${seconds(tookMs)}`;
  return [
    head,
    ...(voter === 'replaced' ? ['  its etcd had lost its data, and is a new voter'] : []),
    ...(follows ? divergenceLines(report) : []),
  ];
}

function divergenceLines({ server, primary, divergence, saved }: RejoinReport): readonly string[] {
  if (divergence === undefined) return ['  its data had not diverged'];
  return [
    `  ${divergence.commits} commits were made on ${server} alone and are not on ${primary}`,
    `  its data are kept as they were in ${divergence.keptIn} (inside its container)`,
    ...(saved === undefined ? [] : [`  exported: ${saved.path}, ${formatSize(saved.sizeBytes)}: ${saved.content}`]),
  ];
}

/** Gives what was removed for good. */
export function discardedLine({ server, name, sizeBytes }: KeptData): string {
  return `${name} was removed from ${server}${sizeBytes === undefined ? '' : `, ${formatSize(sizeBytes)}`}`;
}

function fenced({ fence, from }: FailoverReport): string {
  return fence?.kind === 'unfenced' ? 'override' : `proof that ${from} is out`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(2)} s`;
}
