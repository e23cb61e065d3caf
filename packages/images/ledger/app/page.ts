import type { Entry } from './store.ts';

/** What the page says. */
export type PageFacts = {
  readonly server: string;
  readonly release: string;
  readonly kind: string;
  /** Newest first; `undefined` when no node could be read. */
  readonly entries: readonly Entry[] | undefined;
  /** `undefined` when no node takes writes. */
  readonly primary: string | undefined;
};

const STYLE = `
  :root { color-scheme: light dark; --ink: #16324f; --line: #d5dee8; --accent: #0b7a75; }
  @media (prefers-color-scheme: dark) { :root { --ink: #dbe7f3; --line: #31455a; --accent: #4fd1c5; } }
  body { margin: 0 auto; max-width: 44rem; padding: 2rem 1.25rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); }
  h1 { margin: 0; font-size: 1.6rem; } form { display: flex; gap: .5rem; margin: 1.25rem 0; }
  input { flex: 1; min-width: 0; font: inherit; padding: .45rem .6rem; border: 1px solid var(--line); border-radius: .4rem; }
  button { font: inherit; padding: .45rem 1rem; border: 0; border-radius: .4rem; background: var(--accent); color: #fff; }
  table { border-collapse: collapse; width: 100%; } td { border-top: 1px solid var(--line); padding: .35rem .5rem; overflow-wrap: anywhere; }
  td:first-child, td:last-child { width: 1%; white-space: nowrap; font-variant-numeric: tabular-nums; } footer { margin-top: 1.5rem; font-size: .85rem; opacity: .75; }`;

/** Gives the one page of the application. */
export function renderPage({ server, release, kind, entries, primary }: PageFacts): string {
  const writer =
    primary === undefined ? 'no node takes writes just now' : `writes go to <b id="primary">${escapeHtml(primary)}</b>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Ledger</title><style>${STYLE}</style></head>
<body>
<h1>Ledger</h1>
<p>${escapeHtml(kind)}: ${writer}</p>
<form method="post" action="/entries"><input name="text" placeholder="New entry" maxlength="1000" autocomplete="off" autofocus required aria-label="New entry"><button>Write</button></form>
${entries === undefined ? '<p>No node can be read just now.</p>' : table(entries)}
<footer>answered by <b id="server">${escapeHtml(server)}</b>, release ${escapeHtml(release)}</footer>
</body>
</html>
`;
}

function table(entries: readonly Entry[]): string {
  const rows = entries.map(
    ({ number, text, at }) => `<tr><td>${number}</td><td>${escapeHtml(text)}</td><td>${escapeHtml(at)}</td></tr>`,
  );
  return rows.length === 0 ? '<p>There are no entries yet.</p>' : `<table>\n${rows.join('\n')}\n</table>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
