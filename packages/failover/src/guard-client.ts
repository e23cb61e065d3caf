import { printable } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { paths } from '@flotilla/model';
import type { GuardStatus } from '@flotilla/model';

/** How a guard answered a request over its control socket. */
export type GuardReply =
  | { readonly kind: 'accepted'; readonly body: unknown }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'silent'; readonly reason: string };

/** One guard, spoken to through the control socket of its server, which takes a shell there to reach. */
export type GuardClient = {
  readonly server: string;
  post(path: string, body: object, timeoutMs: number): Promise<GuardReply>;
};

const JSON_HEADER = ['-H', 'content-type: application/json'];

/** Gives the client of the guard on one server. */
export function guardClient(remote: RemoteServer, environment: string): GuardClient {
  const socket = `${paths.guardControl(environment)}/control.sock`;
  return {
    server: remote.name,
    post: async (path, body, timeoutMs) => {
      const seconds = String(Math.ceil(timeoutMs / 1000));
      const options = ['--max-time', seconds, '--unix-socket', socket, '-w', '\n%{http_code}', ...JSON_HEADER];
      const result = await remote.run({
        argv: ['curl', '-sS', ...options, '--data-binary', JSON.stringify(body), `http://guard${path}`],
        timeoutMs: timeoutMs + 3_000,
      });
      if (result.exitCode !== 0) return { kind: 'silent', reason: printable(result.stderr).trim() || 'no answer' };
      return parseReply(result.stdout);
    },
  };
}

/** Reads `<body>\n<status>` as curl prints it. */
export function parseReply(output: string): GuardReply {
  const cut = output.lastIndexOf('\n');
  const status = Number(output.slice(cut + 1));
  const body = parseJson(output.slice(0, cut));
  if (status >= 200 && status < 300) return { kind: 'accepted', body };
  return { kind: 'refused', reason: reasonOf(body) ?? `HTTP ${status}` };
}

/** Gives the status that a guard printed, or `undefined` when the text is none. */
export function parseGuardStatus(text: string): GuardStatus | undefined {
  const body = parseJson(text);
  if (typeof body !== 'object' || body === null) return undefined;
  const isStatus = 'server' in body && 'verdict' in body && 'engine' in body && 'peers' in body;
  // The guard is our own program, deployed with this one: its shape is checked by its most telling keys.
  return isStatus ? (body as GuardStatus) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A guard refuses with `{ code, reason }`; both are needed, the code for programs and the reason for people. */
function reasonOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('reason' in body) || typeof body.reason !== 'string')
    return undefined;
  const code = 'code' in body && typeof body.code === 'string' ? `${body.code}: ` : '';
  return printable(`${code}${body.reason}`);
}
