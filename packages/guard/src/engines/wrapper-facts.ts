import type { EngineFacts, TimelineSwitch } from '@flotilla/model';

/** Gives the byte position of an LSN such as `0/3000148` as decimal text, or `undefined` when it is not one. */
function parseLsn(text: string | undefined): string | undefined {
  const match = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text ?? '');
  if (!match) return undefined;
  return ((BigInt(`0x${match[1]}`) << 32n) + BigInt(`0x${match[2]}`)).toString();
}

/** Gives the switches in the text of a timeline history file, oldest first; lines that are not one are skipped. */
function parseHistory(text: string): readonly TimelineSwitch[] {
  return text.split('\n').flatMap((line) => {
    const [timeline, position] = line.trim().split(/\s+/);
    const lsn = parseLsn(position);
    return /^\d+$/.test(timeline ?? '') && lsn !== undefined ? [{ timeline: Number(timeline), lsn }] : [];
  });
}

/** Gives the facts that the wrapper wrote (`key=value` lines). `unknown` when there are none. */
export function parseWrapperFacts(text: string | undefined, history: string | undefined): EngineFacts {
  const fields = new Map((text ?? '').split('\n').map((line) => splitOnce(line)));
  const state = (['running', 'stopped', 'empty'] as const).find((one) => one === fields.get('state')) ?? 'unknown';
  const role = (['primary', 'replica'] as const).find((one) => one === fields.get('role')) ?? 'none';
  const timeline = Number(fields.get('timeline'));
  const lsn = parseLsn(fields.get('lsn'));
  const systemIdentifier = fields.get('system_identifier');
  const startId = fields.get('start_id');
  return {
    state,
    role,
    ...(systemIdentifier ? { systemIdentifier } : {}),
    ...(timeline > 0 ? { timeline } : {}),
    ...(lsn === undefined ? {} : { lsn }),
    ...(fields.has('clean') ? { cleanShutdown: fields.get('clean') === '1' } : {}),
    ...(state === 'empty' || state === 'unknown' ? {} : historyOf(timeline, history)),
    ...(startId ? { startId } : {}),
    ...(fields.get('init_allowed') === '1' ? { initAllowed: true } : {}),
    ...(state === 'running' && fields.has('hba') ? { admits: fields.get('hba') === 'open' } : {}),
    ...(state === 'running' && fields.has('roles') ? { provisioned: fields.get('roles') === 'made' } : {}),
  };
}

/** Gives what a running engine said of itself, with what only its wrapper knows of an open one: whether its databases are made. */
export function withProvisioned(facts: EngineFacts, { provisioned }: EngineFacts): EngineFacts {
  return facts.admits !== true || provisioned === undefined ? facts : { ...facts, provisioned };
}

/** The first timeline has no history file; on a later one, a history that ends elsewhere is not the one we are on. */
function historyOf(timeline: number, text: string | undefined): { readonly history?: readonly TimelineSwitch[] } {
  if (timeline === 1) return { history: [] };
  const history = parseHistory(text ?? '');
  return history.length > 0 ? { history } : {};
}

function splitOnce(line: string): readonly [string, string] {
  const at = line.indexOf('=');
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}
