import { formatLag } from '@flotilla/failover';
import type {
  Assessment,
  DataTierRecord,
  Electorate,
  IsolatedServer,
  KeptData,
  MemberState,
  NextStep,
} from '@flotilla/failover';
import { formatSize } from '@flotilla/model';

import type { Context } from '../command.ts';
import { hintFor } from './hint.ts';
import type { ServiceStatus } from './service-status.ts';

const NOT_RUNNING: ReadonlySet<MemberState['container']> = new Set(['ended', 'paused', 'stopped']);

const CUT_OFF =
  "no server answers this machine, so that nothing is known of it; check this machine's network or VPN and its key (--identity), or ask from another place";

/** Gives the state of one service as lines for a terminal. */
export function statusLines(status: ServiceStatus, context: Pick<Context, 'sandbox'>): readonly string[] {
  const { service, health, votes, electorate, isolated, last, kept, next } = status;
  if (status.isCutOff === true) return [`${service}: ${CUT_OFF}`];
  const head = `${service}: ${health}, ${reign(status)}, ${votes.answered} of ${votes.total} guards answer`;
  return [
    head,
    ...status.members.map((member) => `  ${memberLine(member)}`),
    ...(electorate === undefined ? [] : electorateLines(electorate).map((line) => `  ${line}`)),
    ...isolated.map((each) => `  ${isolatedLine(each)}`),
    ...(last === undefined ? [] : [`  ${recordLine(last)}`]),
    ...kept.map((each) => `  ${keptLine(each)}`),
    ...next.map((step) => `  next: ${hintFor(nextLine(step, status), context)}`),
  ];
}

function reign({ term, primary, members }: Assessment): string {
  if (term !== undefined) return `term ${term.term} ${term.phase} for ${term.holder}`;
  const isAutomatic = primary !== undefined || members.some(({ role }) => role === 'replica');
  return isAutomatic ? 'decided by its own engine' : 'no term';
}

function memberLine(member: MemberState): string {
  const parts = [member.server.padEnd(12), member.role.padEnd(8)];
  const { engine, lag } = member;
  if (engine?.timeline !== undefined) parts.push(`timeline ${engine.timeline}`);
  if (engine?.role === 'replica') parts.push(engine.streaming === true ? 'streaming' : 'not streaming');
  if (lag !== undefined) parts.push(`${lag.unit === 'bytes' ? formatSize(Number(lag.amount)) : formatLag(lag)} behind`);
  if (engine?.errant !== undefined) parts.push(`writes of its own: ${engine.errant}`);
  if (engine?.synchronous !== undefined) parts.push(`${engine.synchronous.mode}: ${engine.synchronous.state}`);
  if (NOT_RUNNING.has(member.container)) parts.push(`container ${member.container}`);
  if (member.reason !== '') parts.push(member.reason);
  return parts.join('  ').trimEnd();
}

/** With everybody there, one line; else who is missing, and what that means. */
function electorateLines({ what, voters, needed, hasQuorum }: Electorate): readonly string[] {
  const missing = voters.filter(({ votes }) => !votes);
  const count = `${voters.length - missing.length} of ${voters.length} ${what} vote`;
  if (missing.length === 0) return [count];
  const meaning = hasQuorum
    ? `${needed} are needed`
    : `NO QUORUM, ${needed} are needed: a primary that is lost is not replaced`;
  return [
    `${count}, ${meaning}`,
    ...missing.map(({ server, reason }) => `  ${server.padEnd(12)}  does not vote: ${reason}`),
  ];
}

function isolatedLine({ server, on, since }: IsolatedServer): string {
  return `isolated: ${server} since ${since}, by ${on.join(', ')}; a rejoin lifts it`;
}

function recordLine({ kind, outcome, finishedAt, who, label, why, report, error }: DataTierRecord): string {
  const change =
    report === undefined
      ? ''
      : report.kind === 'rejoin'
        ? ` of ${report.server}`
        : ` from ${report.from} to ${report.to}`;
  const end = outcome === 'done' ? '' : ` failed (${error?.code ?? 'unknown'})`;
  const reason = why === undefined ? '' : `: ${why}`;
  return `last: ${kind}${change}${end} at ${finishedAt} by ${who}${label === undefined ? '' : `, ${label}`}${reason}`;
}

function keptLine({ server, name, sizeBytes }: KeptData): string {
  return `kept: ${name} on ${server}, ${sizeBytes === undefined ? 'too large to count quickly' : formatSize(sizeBytes)}`;
}

function nextLine(step: NextStep, { environment, service }: Assessment): string {
  switch (step.kind) {
    case 'deploy':
      return `scripts/flotilla deploy ${environment}`;
    case 'failover':
      return `scripts/flotilla failover ${environment} ${service} --dry-run  # who would take over, or why nobody may`;
    case 'rejoin':
      return `scripts/flotilla rejoin ${environment} ${service} ${step.server}`;
    case 'start-servers':
      return `bring ${step.servers.join(' or ')} back; until then nobody may decide`;
  }
  return step satisfies never;
}
