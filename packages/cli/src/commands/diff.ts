import { posix } from 'node:path';

import { hasChanges, planChanges, refusedIn } from '@flotilla/deployer';
import type { Plan } from '@flotilla/deployer';
import { FlotillaError } from '@flotilla/model';
import type { ReadText, Tree } from '@flotilla/model';

import { defineCommand } from '../command.ts';
import type { Context } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { readRevision } from '../git-revision.ts';
import { renderFleet } from '../load-fleet.ts';
import type { Fleet } from '../load-fleet.ts';
import { chosenEntry, fleetOptions, openFleet } from '../open-fleet.ts';
import { readBelow } from '../read-text.ts';
import { diffLines, refusedLines } from '../reporters/diff-text.ts';
import { findingLines } from '../reporters/findings-text.ts';

/** Two fleets, and what leads from one to the other. */
type Difference = { readonly before: Tree | undefined; readonly after: Fleet; readonly plan: Plan };

/** Shows what a change does to every server, from rendered files alone. */
export const diff = defineCommand({
  name: 'diff',
  summary: 'shows what a change does to every server, from rendered files alone',
  usage: `flotilla diff <env> --base REV [--sandbox] [--format text|markdown|json] [--exit-code]
  Renders the environment as it stands in REV and as it stands here, and shows the difference. No server is asked.
  --format markdown   the comment of a pull request
  --exit-code         exit with 3 when there are changes
  --json              { ok, environment, base, plan, refused: [{ service, servers, code, path }] }; the plan is the deployer's: servers,
                      operations, digests
  Exit code 2 when a deploy would refuse the change; the difference is written all the same.`,
  positionals: ['env'],
  options: {
    ...fleetOptions,
    base: { type: 'string' },
    format: { type: 'string' },
    'exit-code': { type: 'boolean' },
  },
  run: async (context, { given, values }) => {
    const { base } = values;
    if (base === undefined) throw usage('--base is missing');
    const choice = { env: given.env, sandbox: values.sandbox };
    const after = openFleet(choice, context);
    const before = await baseTree(base, chosenEntry(choice, context), context);
    const difference = { before, after, plan: planChanges(before, after.tree) };
    const format = values.format ?? (context.json ? 'json' : 'text');
    const { plan } = difference;
    const refused = refusedIn(plan);
    if (format === 'json') {
      const ok = refused.length === 0;
      context.write(`${JSON.stringify({ ok, environment: given.env, base, plan, refused })}\n`);
    } else context.write(await text(format, { ...difference, environment: given.env, base }));
    if (format !== 'text') for (const line of refusedLines(plan)) context.say(line);
    if (refused.length > 0) return exitCodes.invalid;
    return values['exit-code'] === true && hasChanges(plan) ? exitCodes.changes : exitCodes.done;
  },
});

type Shown = Difference & { readonly environment: string; readonly base: string };

async function text(format: string, { before, after, plan, ...names }: Shown): Promise<string> {
  if (format === 'text') return `${diffLines({ before, after: after.tree, plan }).join('\n')}\n`;
  if (format !== 'markdown') throw usage(`unknown format "${format}"`);
  const { renderDiffMarkdown } = await import('../reporters/diff-markdown.ts');
  return renderDiffMarkdown({ ...names, plan, before, after: after.tree, findings: after.findings });
}

/** Gives the tree of the base; nothing when the base has no such environment, or one that cannot be rendered, which is said. */
async function baseTree(base: string, entry: string, context: Context): Promise<Tree | undefined> {
  const revision = await readRevision(base, ['environments', posix.dirname(entry)], context);
  // A sandbox is laid over what is in Git, and in no revision itself.
  const now = readBelow(context.root);
  const read: ReadText = (path) => (path.startsWith('.flotilla/') ? now(path) : revision.read(path));
  if (read(entry) === undefined) return undefined;
  const rendered = renderFleet({ entry, read });
  if (rendered.kind === 'loaded') return rendered.tree;
  context.say(`${base} cannot be rendered, so that everything counts as added:`);
  const placed = rendered.findings.map((one) => ({ ...one, at: { ...one.at, file: `${base}:${one.at.file}` } }));
  for (const line of placed.flatMap((finding) => findingLines(finding, () => undefined))) context.say(line);
  return undefined;
}

function usage(detail: string): FlotillaError<'CLI_USAGE'> {
  return new FlotillaError('CLI_USAGE', { detail: `diff: ${detail}`, command: 'diff --help' });
}
