import type { Assessment, MemberState } from '@flotilla/failover';
import { formatSize } from '@flotilla/model';

const NOT_RUNNING: ReadonlySet<MemberState['container']> = new Set(['ended', 'paused', 'stopped']);

/** Gives the state of one service as lines for a terminal. */
export function statusLines(assessment: Assessment): readonly string[] {
  const { service, health, votes, term } = assessment;
  const holder = term === undefined ? 'no term' : `term ${term.term} ${term.phase} for ${term.holder}`;
  const head = `${service}: ${health}, ${holder}, ${votes.answered} of ${votes.total} guards answer`;
  return [head, ...assessment.members.map((member) => `  ${memberLine(member)}`)];
}

function memberLine(member: MemberState): string {
  const parts = [member.server.padEnd(12), member.role.padEnd(8)];
  const { engine, lagBytes } = member;
  if (engine?.timeline !== undefined) parts.push(`timeline ${engine.timeline}`);
  if (engine?.role === 'replica') parts.push(engine.streaming === true ? 'streaming' : 'not streaming');
  if (lagBytes !== undefined) parts.push(`${formatSize(Number(lagBytes))} behind`);
  if (NOT_RUNNING.has(member.container)) parts.push(`container ${member.container}`);
  if (member.reason !== '') parts.push(member.reason);
  return parts.join('  ').trimEnd();
}
