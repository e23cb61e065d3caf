import { refusedIn } from '@flotilla/deployer';
import type { Plan, ServerPlan } from '@flotilla/deployer';

import { code, count, fitting, plain, shorten, sizeOf } from './diff-markdown-text.ts';

const HEAD =
  '\n| Server | Files added | changed | removed | Impact | Expected unavailability | Digest |\n|---|--:|--:|--:|---|---|---|\n';
const FIELD_CHARACTERS = 240;
const PATH_CHARACTERS = 600;
/** The comment must have room for the difference itself. */
const MOST_REFUSED = 10;

/** A part as far as it fits, with the number of entries that do not. */
export type Fitted = { readonly text: string; readonly omitted: number };

/** Gives the table of changed servers, one row each, in at most `limit` bytes. Empty without a server. */
export function renderTable(servers: readonly ServerPlan[], limit: number): Fitted {
  if (servers.length === 0) return { text: '', omitted: 0 };
  const rows = fitting(servers.map(row), limit - sizeOf(HEAD));
  return { text: `${HEAD}${rows.join('')}`, omitted: servers.length - rows.length };
}

/** Gives what a deploy would refuse, as a quote that cannot be missed; empty when there is nothing. */
export function renderRefused(plan: Plan): string {
  const refused = refusedIn(plan);
  if (refused.length === 0) return '';
  const lines = refused.slice(0, MOST_REFUSED).map(({ service, servers, code: name, path }) => {
    const places = plain(shorten(servers.join(', '), FIELD_CHARACTERS));
    const way = plain(shorten(path, PATH_CHARACTERS));
    return `> - ${code(shorten(service, FIELD_CHARACTERS))} on ${places} (${code(name)}). Instead: ${way}\n`;
  });
  const more = refused.length - lines.length;
  return `\n> **A deploy refuses this change:**\n>\n${lines.join('')}${more === 0 ? '' : `> - and ${count(more, 'further service')}\n`}`;
}

/** Gives the servers whose bytes stay, with their digests, in at most `limit` bytes. */
export function renderUnchanged(servers: readonly ServerPlan[], limit: number): Fitted {
  if (servers.length === 0) return { text: '', omitted: 0 };
  const title = '\nUnchanged:\n';
  const items = servers.map(({ server, digestAfter }) => `- ${code(server)} ${code(digestAfter ?? '')}\n`);
  const shown = fitting(items, limit - sizeOf(title));
  const omitted = servers.length - shown.length;
  return { text: shown.length === 0 ? '' : `${title}${shown.join('')}`, omitted };
}

function row({ server, files, impact, unavailability, digestAfter, operations }: ServerPlan): string {
  const isRefused = operations.some(({ refusal }) => refusal !== undefined);
  const cells = [
    code(shorten(server, FIELD_CHARACTERS)),
    files.added.length,
    files.changed.length,
    files.removed.length,
    `${impact === 'data-risk' ? '**data-risk**' : impact}${isRefused ? ', **refused**' : ''}`,
    plain(shorten(unavailability, FIELD_CHARACTERS)),
    digestAfter === undefined ? 'leaves' : code(digestAfter.slice(0, 16)),
  ];
  return `| ${cells.join(' | ')} |\n`;
}
