import type { Impact, ServerPlan } from '@flotilla/deployer';
import type { Tree } from '@flotilla/model';

import { diffServer } from './diff-markdown-hunks.ts';
import { createMask } from './diff-markdown-mask.ts';
import { renderSection } from './diff-markdown-section.ts';
import type { Section, SectionText } from './diff-markdown-section.ts';
import { sizeOf } from './diff-markdown-text.ts';

/** Sections as far as they fit, in the order of their servers, and what was left out of them. */
export type SectionsText = {
  readonly text: string;
  readonly omittedSections: number;
  readonly omittedHunks: number;
  readonly omittedFiles: number;
  readonly omittedOperations: number;
};

/** What sections are made of. */
export type SectionsInput = {
  /** The servers that change, sorted by name. */
  readonly servers: readonly ServerPlan[];
  readonly before: Tree | undefined;
  readonly after: Tree;
};

/** Below this a section would be a frame around nothing. */
const USEFUL_BYTES = 700;
const RANK: Readonly<Record<Impact, number>> = { 'data-risk': 0, recreate: 1, restart: 2, reload: 3, none: 4 };

/**
 * Gives the sections of changed servers in at most `limit` bytes. When not all of them fit, the gravest are kept; among
 * those kept, small ones stay whole and large ones share what is left.
 */
export function renderSections(input: SectionsInput, limit: number): SectionsText {
  const kept = chooseServers(input.servers, Math.floor(Math.max(0, limit) / USEFUL_BYTES));
  const sections = diffAll({ ...input, servers: kept });
  const whole = sections.map((section) => renderSection(section, limit));
  const level = shareLevel(
    whole.map((text) => (text === undefined ? limit : sizeOf(text.text))),
    limit,
  );
  const texts = sections.map((section, index) => {
    const text = whole[index];
    return text !== undefined && sizeOf(text.text) <= level ? text : renderSection(section, level);
  });
  return total(texts, input.servers.length);
}

function chooseServers(servers: readonly ServerPlan[], amount: number): readonly ServerPlan[] {
  if (servers.length <= amount) return servers;
  const gravest = servers.toSorted((left, right) => RANK[left.impact] - RANK[right.impact]).slice(0, amount);
  const kept = new Set(gravest);
  return servers.filter((server) => kept.has(server));
}

/** One mask for all of them, so that one secret reads alike on every server. */
function diffAll({ servers, before, after }: SectionsInput): readonly Section[] {
  const old = new Map(before?.servers.map((tree) => [tree.server, tree]));
  const next = new Map(after.servers.map((tree) => [tree.server, tree]));
  const mask = createMask();
  return servers.map((plan) => ({ plan, diffs: diffServer(old.get(plan.server), next.get(plan.server), mask) }));
}

/** Gives the size up to which each may grow so that all together stay within the limit. */
function shareLevel(sizes: readonly number[], limit: number): number {
  let room = limit;
  for (const [index, size] of sizes.toSorted((left, right) => left - right).entries()) {
    const share = Math.floor(room / (sizes.length - index));
    if (size > share) return share;
    room -= size;
  }
  return limit;
}

function total(texts: readonly (SectionText | undefined)[], amount: number): SectionsText {
  const shown = texts.filter((text) => text !== undefined);
  const sum = (field: Exclude<keyof SectionText, 'text'>) => shown.reduce((all, text) => all + text[field], 0);
  return {
    text: shown.map(({ text }) => `\n${text}`).join(''),
    omittedSections: amount - shown.length,
    omittedHunks: sum('omittedHunks'),
    omittedFiles: sum('omittedFiles'),
    omittedOperations: sum('omittedOperations'),
  };
}
