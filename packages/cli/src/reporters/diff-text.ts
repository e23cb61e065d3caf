import { isUnchanged, refusedIn } from '@flotilla/deployer';
import type { Operation, Plan, ServerPlan } from '@flotilla/deployer';
import { printable } from '@flotilla/exec';
import type { Tree } from '@flotilla/model';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';

/** A plan with the trees it leads between; `before` is absent when everything is new. */
export type DiffInput = { readonly before: Tree | undefined; readonly after: Tree; readonly plan: Plan };

const DIGEST_SHOWN = 12;

/** Gives the difference for a terminal: per server its digests, what is done and why, then the changed files. */
export function diffLines({ before, after, plan }: DiffInput): readonly string[] {
  const changed = plan.servers.filter((server) => !isUnchanged(server));
  if (changed.length === 0) return [`${plan.environment}: no changes (${plan.servers.length} servers)`];
  const same = plan.servers.length - changed.length;
  return [
    ...changed.flatMap((server) => serverLines(server, textsOf(before, server.server), textsOf(after, server.server))),
    `${plan.environment}: ${changed.length} servers change, ${same} stay as they are`,
    ...refusedLines(plan),
  ].map(printable);
}

/** Gives what a deploy would refuse, with the way to take instead; one pair of lines per service, none when there is nothing. */
export function refusedLines(plan: Plan): readonly string[] {
  return refusedIn(plan).flatMap(({ service, servers, code, path }) => [
    `REFUSED ${code}: a deploy refuses this change of ${service} on ${servers.join(', ')}`,
    `  instead: ${path}`,
  ]);
}

type Texts = ReadonlyMap<string, string>;

function serverLines(plan: ServerPlan, before: Texts, after: Texts): readonly string[] {
  const { added, changed, removed } = plan.files;
  return [
    `${plan.server}: ${short(plan.digestBefore)} → ${short(plan.digestAfter)}, impact ${plan.impact}`,
    ...plan.operations.map(operationLine),
    ...[...added, ...changed, ...removed]
      .toSorted()
      .flatMap((path) => patchLines(path, before.get(path), after.get(path))),
    '',
  ];
}

function operationLine(operation: Operation): string {
  const what = operation.kind === 'host-change' ? 'host files' : `${operation.kind} ${operation.service}`;
  const { impact, reason, unavailability, refusal, doubt } = operation;
  if (refusal !== undefined) return `  REFUSED ${what} (${impact}): ${reason}; ${unavailability}`;
  const saferPath = operation.saferPath === undefined ? '' : `; safer: ${operation.saferPath}`;
  const doubted = doubt === undefined ? '' : `; DOUBT: ${doubt}`;
  return `  ${what} (${impact}): ${reason}; unavailable: ${unavailability}${saferPath}${doubted}`;
}

function patchLines(path: string, before: string | undefined, after: string | undefined): readonly string[] {
  const from = before === undefined ? '/dev/null' : `a/${path}`;
  const to = after === undefined ? '/dev/null' : `b/${path}`;
  const options = { context: 2, headerOptions: FILE_HEADERS_ONLY };
  const patch = createTwoFilesPatch(from, to, before ?? '', after ?? '', undefined, undefined, options);
  return patch
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`);
}

function textsOf(tree: Tree | undefined, server: string): Texts {
  const files = tree?.servers.find((candidate) => candidate.server === server)?.files ?? [];
  return new Map(files.map((file) => [file.path, file.text]));
}

function short(digest: string | undefined): string {
  return digest?.slice(0, DIGEST_SHOWN) ?? 'absent';
}
