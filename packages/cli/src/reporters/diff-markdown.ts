import { gravest, isUnchanged } from '@flotilla/deployer';
import type { Plan, ServerPlan } from '@flotilla/deployer';
import type { Finding, Tree } from '@flotilla/model';

import { renderFindings } from './diff-markdown-findings.ts';
import { renderSections } from './diff-markdown-sections.ts';
import { renderRefused, renderTable, renderUnchanged } from './diff-markdown-summary.ts';
import { code, count, shorten, sizeOf, visible } from './diff-markdown-text.ts';

/** What a reviewer's comment is made of. */
export type DiffMarkdownInput = {
  /** As the command names it, such as `marg/phase3`. */
  readonly environment: string;
  /** Git reference that the change is compared with. */
  readonly base: string;
  readonly plan: Plan;
  /** Absent for an environment that is new. */
  readonly before: Tree | undefined;
  readonly after: Tree;
  readonly findings: readonly Finding[];
  /** Text by which a later run finds this comment again; one per environment when absent. */
  readonly marker?: string;
};

/** GitHub refuses a comment of more than 65,536 characters. Counted in bytes, which are never fewer. */
const LIMIT_BYTES = 65_000;

const PARTS = [
  ['rows', 'summary row'],
  ['unchanged', 'unchanged server'],
  ['sections', 'server section'],
  ['files', 'changed file'],
  ['operations', 'operation'],
  ['hunks', 'hunk'],
  ['findings', 'finding'],
] as const;
type Omitted = Readonly<Record<(typeof PARTS)[number][0], number>>;

/** The longest notice there can be; room for it is kept. */
const MANY = Number.MAX_SAFE_INTEGER;
const WORST: Omitted = {
  rows: MANY,
  unchanged: MANY,
  sections: MANY,
  files: MANY,
  operations: MANY,
  hunks: MANY,
  findings: MANY,
};
const FINDINGS_BYTES = 6_000;
const UNCHANGED_BYTES = 6_000;

/**
 * Gives the comment that a reviewer reads: a summary with the digest of each server, the difference of each, the
 * findings. The same input gives the same bytes. Never longer than 65,000 characters: what does not fit is left out in
 * whole hunks, sections, rows or findings, and a notice says so and how to see it.
 */
export function renderDiffMarkdown(input: DiffMarkdownInput): string {
  const changed = input.plan.servers.filter((server) => !isUnchanged(server));
  const unchanged = input.plan.servers.filter(isUnchanged);
  const head = renderHead(input, changed);
  let room = LIMIT_BYTES - sizeOf(head) - sizeOf(renderNotice(input, WORST));
  const findingsRoom = Math.min(FINDINGS_BYTES, sizeOf(renderFindings(input.findings, LIMIT_BYTES).text));
  const table = renderTable(changed, room - findingsRoom);
  room -= sizeOf(table.text);
  const rest = renderUnchanged(unchanged, Math.min(room - findingsRoom, changed.length === 0 ? room : UNCHANGED_BYTES));
  room -= sizeOf(rest.text);
  const findingsShare = Math.max(findingsRoom, Math.floor(room / 4));
  const wanted = Math.min(findingsShare, sizeOf(renderFindings(input.findings, room).text));
  const sections = renderSections({ servers: changed, before: input.before, after: input.after }, room - wanted);
  const findings = renderFindings(input.findings, room - sizeOf(sections.text));
  const notice = renderNotice(input, {
    rows: table.omitted,
    unchanged: rest.omitted,
    sections: sections.omittedSections,
    files: sections.omittedFiles,
    operations: sections.omittedOperations,
    hunks: sections.omittedHunks,
    findings: findings.omitted,
  });
  return [head, notice, table.text, rest.text, sections.text, findings.text].join('');
}

function renderHead(
  { environment, base, plan, before, marker }: DiffMarkdownInput,
  changed: readonly ServerPlan[],
): string {
  // Two dashes and an angle bracket would end the comment early.
  const mark = shorten(visible(marker ?? `flotilla:diff:${environment}`), 200).replace(/[<>]|-(?=-)/g, '');
  const name = code(shorten(environment, 200));
  const digest = `Digest ${code(plan.digest)}${plan.digestBefore === undefined ? '' : `, before ${code(plan.digestBefore)}`}.`;
  return `<!-- ${mark} -->\n## ${name}: what this change does\n\n${headline({ base, plan, before }, changed)}\n\n${digest}\n${renderRefused(plan)}`;
}

function headline(
  { base, plan, before }: Pick<DiffMarkdownInput, 'base' | 'plan' | 'before'>,
  changed: readonly ServerPlan[],
): string {
  const against = code(shorten(base, 200));
  const all = count(plan.servers.length, 'server');
  if (before === undefined) return `**New environment** with ${all}: ${against} does not have it.`;
  if (changed.length === 0) return `**No changes.** Rendered from ${against}, the ${all} would get the same bytes.`;
  const worst = gravest(changed.map(({ impact }) => impact));
  return `**${changed.length} of ${all} ${changed.length === 1 ? 'changes' : 'change'}** against ${against}. Gravest impact: **${worst}**.`;
}

function renderNotice({ environment, base }: DiffMarkdownInput, omitted: Omitted): string {
  const parts = PARTS.flatMap(([part, word]) => (omitted[part] > 0 ? [count(omitted[part], word)] : []));
  if (parts.length === 0) return '';
  const command = `scripts/flotilla diff ${shellWord(shorten(environment, 200))} --base ${shellWord(shorten(base, 200))}`;
  return `\n> **This comment is cut: there is more than it shows.** Left out: ${parts.join(', ')}. A comment holds 65,000 characters. Everything: ${code(command)}\n`;
}

function shellWord(text: string): string {
  return /^[\w./:@^~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
