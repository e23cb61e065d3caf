import type { Overview } from './overview.ts';
import type { Session } from './sessions.ts';

/** What the page says. */
export type PageFacts = {
  readonly server: string;
  readonly release: string;
  readonly session: Session;
  readonly overview: Overview;
};

const STYLE = `
  :root { color-scheme: light dark; --ink: #16324f; --line: #d5dee8; --tint: #f4f7fa; --accent: #0b7a75; }
  @media (prefers-color-scheme: dark) { :root { --ink: #dbe7f3; --line: #31455a; --tint: #1a2733; --accent: #4fd1c5; } }
  * { box-sizing: border-box; }
  body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); }
  header { display: flex; flex-wrap: wrap; gap: 1rem; align-items: baseline; justify-content: space-between; }
  h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 0 0 .5rem; font-size: 1.05rem; }
  .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .75rem; margin: 1.5rem 0; }
  .tile, section { border: 1px solid var(--line); border-radius: .6rem; background: var(--tint); padding: .9rem 1rem; }
  .tile b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
  .tile span, footer { font-size: .85rem; opacity: .75; }
  main { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; }
  form { display: flex; flex-wrap: wrap; gap: .5rem; }
  input { flex: 1 1 10rem; min-width: 0; font: inherit; padding: .45rem .6rem; border: 1px solid var(--line); border-radius: .4rem; }
  button { font: inherit; padding: .45rem 1rem; border: 0; border-radius: .4rem; background: var(--accent); color: #fff; cursor: pointer; }
  output { display: block; min-height: 1.5rem; margin-top: .5rem; font-size: .95rem; }
  footer { margin-top: 1.5rem; }`;

const SCRIPT = `
  const send = async (form, request, say) => {
    const out = form.parentElement.querySelector('output');
    out.textContent = '…';
    try {
      const response = await request();
      const answer = await response.json();
      out.textContent = response.ok ? say(answer) : answer.error;
    } catch { out.textContent = 'The server did not answer. Please try again.'; }
  };
  document.querySelector('#scan').addEventListener('submit', (event) => {
    event.preventDefault();
    const number = event.target.number.value;
    send(event.target, () => fetch('/scan', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ number }) }),
      (found) => found.number + ' for ' + found.consignee + ', scan ' + found.scans);
    event.target.reset();
  });
  document.querySelector('#upload').addEventListener('submit', (event) => {
    event.preventDefault();
    const file = event.target.file.files[0];
    if (file) send(event.target, () => fetch('/upload', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: file }),
      (done) => done.inserted + ' new, ' + done.known + ' known, ' + done.invalid + ' invalid rows; check queued as job ' + done.job);
  });`;

/** Gives the one page of the application. */
export function renderPage({ server, release, session, overview }: PageFacts): string {
  const tile = (id: string, value: string | number, label: string) =>
    `<div class="tile"><b id="${id}">${escapeHtml(String(value))}</b><span>${label}</span></div>`;
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Waybill</title><style>${STYLE}</style></head>
<body>
<header><h1>Waybill</h1><span>answered by <b id="server">${escapeHtml(server)}</b>, release <b id="release">${escapeHtml(release)}</b></span></header>
<div class="tiles">
${tile('counter', session.counter, 'visits in this session')}
${tile('waybills', overview.waybills, 'waybills')}
${tile('scans', overview.scans, 'scans')}
${tile('uploads', overview.uploads, 'uploads')}
${tile('queued', overview.queued, 'jobs in the queue')}
</div>
<main>
<section><h2>Scan</h2><form id="scan"><input name="number" placeholder="Waybill number" autocomplete="off" autofocus required aria-label="Waybill number"><button>Scan</button></form><output></output></section>
<section><h2>Upload</h2><form id="upload"><input name="file" type="file" accept=".csv,text/csv" required aria-label="CSV file"><button>Upload</button></form><output></output></section>
</main>
<footer>Session since ${session.createdAt.toISOString().slice(0, 16).replace('T', ' ')} UTC${session.previousServer === undefined ? '' : `, last answered by ${escapeHtml(session.previousServer)}`}${overview.lastJobBy === undefined ? '' : `; last job done by ${escapeHtml(overview.lastJobBy)}`}</footer>
<script>${SCRIPT}</script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
