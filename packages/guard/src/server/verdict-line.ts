import type { EngineFacts, GuardedService, GuardVerdict } from '@flotilla/model';

/** What a verdict line is written with. */
export type LineContext = {
  readonly engine: EngineFacts;
  readonly servers: Readonly<Record<string, string>>;
  readonly self: string;
  readonly service: Pick<GuardedService, 'port'>;
};

/**
 * Renders a verdict as the one line that the wrapper reads:
 * `closed <reason>`, `private`, `open <term> <start>`, `replica <host or -> <port> [<checkpoint>]`, `yielded <to whom>`.
 * The checkpoint is given when the data on disk are a former primary's, and permits turning exactly those into a replica's.
 */
export function renderVerdict(verdict: GuardVerdict, context: LineContext): string {
  switch (verdict.kind) {
    case 'closed':
      return `closed ${verdict.reason}`;
    case 'private':
      return 'private';
    case 'open':
      return `open ${verdict.term} ${context.engine.startId ?? '-'}`;
    case 'replica':
      return renderReplica(verdict.of, context);
    case 'yielded':
      return `yielded ${verdict.to}`;
    default:
      throw new Error(`unreachable: ${String(verdict satisfies never)}`);
  }
}

function renderReplica(of: string, { engine, servers, self, service }: LineContext): string {
  const host = of === self ? '-' : (servers[of] ?? '-');
  const isFormerPrimary = engine.state === 'stopped' && engine.role === 'primary' && engine.lsn !== undefined;
  return `replica ${host} ${service.port}${isFormerPrimary ? ` ${formatLsn(engine.lsn)}` : ''}`;
}

/** Gives a byte position as PostgreSQL writes it: `50331976` reads `0/3000148`. */
function formatLsn(lsn: string): string {
  const position = BigInt(lsn);
  return `${(position >> 32n).toString(16)}/${(position & 0xffffffffn).toString(16)}`.toUpperCase();
}

/** What a guard that was restarted finds in the run folder of this boot. */
export type Resumed = { readonly verdict: GuardVerdict; readonly openedStart?: string };

/** Reads back the line of an earlier guard of this boot, so that replacing the guard does not close the database. */
export function resumeVerdict(line: string | undefined, context: Pick<LineContext, 'servers' | 'self'>): Resumed {
  const [kind, first, second] = (line ?? '').trim().split(' ');
  const term = Number(first);
  if (kind === 'open' && term >= 1 && second !== undefined) return { verdict: { kind, term }, openedStart: second };
  if (kind === 'private') return { verdict: { kind, reason: 'as before the guard was restarted' } };
  if (kind === 'replica' && first !== undefined) {
    const of = Object.entries(context.servers).find(([, host]) => host === first)?.[0] ?? context.self;
    return { verdict: { kind, of, term: 0 } };
  }
  return { verdict: { kind: 'closed', reason: 'nothing is known yet' } };
}
