import { parseEnvironment } from '../src/parse-environment.ts';
import type { ParsedEnvironment } from '../src/parse-environment.ts';

/** A small valid environment; tests change one thing in it. */
export const VALID = `environment: demo
servers:
  app1: { host: 192.0.2.11, cpus: 2, memory: 4GiB }
  db1: { host: 192.0.2.13, cpus: 4, memory: 10GiB }
  db2: { host: 192.0.2.14, cpus: 4, memory: 10GiB }
services:
  web:
    kind: app
    image: example/web:1.0
    on: [app1]
    memory: 1GiB
    port: 3000
    uses: [database]
  database:
    kind: postgres
    image: postgres:17.6
    primary: db1
    replicas: [db2]
    databases: [orders]
    memory: 8GiB
`;

/** Parses files given by path; the entry is `env/environment.yaml`. */
export function parseFiles(files: Readonly<Record<string, string>>): ParsedEnvironment {
  return parseEnvironment({ entry: 'env/environment.yaml', read: (path) => files[path] });
}

/** Gives the findings of a text as `CODE line:column`, in order; empty when it is valid. */
export function findingsOf(text: string): readonly string[] {
  return places(parseFiles({ 'env/environment.yaml': text }));
}

/** Gives findings as `CODE line:column`, with the file before it when it is not the entry. */
export function places(result: ParsedEnvironment): readonly string[] {
  if (result.kind === 'parsed') return [];
  return result.findings.map(({ code, at }) => {
    const file = at.file === 'env/environment.yaml' ? '' : `${at.file}:`;
    return `${code} ${file}${at.line}:${at.column}`;
  });
}

/** Gives the valid environment with one text replaced; throws when the text is not in it. */
export function changed(from: string, to: string): string {
  if (!VALID.includes(from)) throw new Error(`the valid environment does not hold ${from}`);
  return VALID.replace(from, to);
}
