import type { ServerPlan } from '@flotilla/deployer';

import { code, fitting, plain, shorten, sizeOf } from './diff-markdown-text.ts';

const HEAD =
  '\n| Server | Files added | changed | removed | Impact | Expected unavailability | Digest |\n|---|--:|--:|--:|---|---|---|\n';
const FIELD_CHARACTERS = 240;

/** A part as far as it fits, with the number of entries that do not. */
export type Fitted = { readonly text: string; readonly omitted: number };

/** Gives the table of changed servers, one row each, in at most `limit` bytes. Empty without a server. */
export function renderTable(servers: readonly ServerPlan[], limit: number): Fitted {
  if (servers.length === 0) return { text: '', omitted: 0 };
  const rows = fitting(servers.map(row), limit - sizeOf(HEAD));
  return { text: `${HEAD}${rows.join('')}`, omitted: servers.length - rows.length };
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

function row({ server, files, impact, unavailability, digestAfter }: ServerPlan): string {
  const cells = [
    code(shorten(server, FIELD_CHARACTERS)),
    files.added.length,
    files.changed.length,
    files.removed.length,
    impact === 'data-risk' ? '**data-risk**' : impact,
    plain(shorten(unavailability, FIELD_CHARACTERS)),
    digestAfter === undefined ? 'leaves' : code(digestAfter.slice(0, 16)),
  ];
  return `| ${cells.join(' | ')} |\n`;
}
