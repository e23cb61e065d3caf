import type { Control, EngineFacts } from '@flotilla/model';

import type { MemberState } from './assess.ts';
import { formatLag, hasPosition, isSameDatabase, lagBetween } from './position.ts';

/** Who may follow a lost primary. */
export type Succession = {
  /** The member that was primary last. */
  readonly from: string;
  readonly control: Control;
  /** What anybody remembers of the engine of `from`. */
  readonly known: EngineFacts | undefined;
  readonly members: readonly MemberState[];
};

/** Gives the members that could take over, if they hold the data of the old primary. */
export function candidatesOf({ from, control, members }: Succession): readonly MemberState[] {
  return members.filter((member) => member.server !== from && isCandidate(member, control));
}

/** A member that a group left behind without a majority rests, until a person has it begin the group anew. */
function isCandidate({ role, engine, container }: MemberState, control: Control): boolean {
  if (engine === undefined || !hasPosition(engine)) return false;
  const isResting = engine.state === 'running' && engine.role === 'none' && container === 'running';
  return role === 'replica' || (control === 'group-replication' && isResting);
}

/** Whether a member holds the data of the old primary; where nobody remembers those, the data that the other candidates hold. */
export function isKin({ engine }: MemberState, succession: Succession): boolean {
  const { known } = succession;
  if (known?.systemIdentifier !== undefined) return isSameDatabase(engine, known);
  return candidatesOf(succession).every((other) => isSameDatabase(engine, other.engine));
}

/** Says of every member, or of the one that was asked for, why it does not take over. */
export function whyNobody(succession: Succession, only?: string): readonly string[] {
  const asked = succession.members.filter(({ server }) => server === only);
  const told = asked.length > 0 ? asked : succession.members;
  const stranger = only !== undefined && asked.length === 0 ? [`${only} is no member`] : [];
  return [...stranger, ...told.map((member) => `${member.server}: ${whyNot(member, succession)}`)];
}

function whyNot(member: MemberState, succession: Succession): string {
  const { server, engine, container, role, reason } = member;
  if (server === succession.from) return `the old primary${reason === '' ? '' : `, ${reason}`}`;
  const foreign = whyForeign(member, succession);
  if (foreign !== undefined) return foreign;
  if (engine === undefined) return reason;
  if (isCandidate(member, succession.control)) return 'could take over';
  if (container !== 'running') return `its container is ${container}`;
  const behind = lagBetween(succession.known, engine);
  const lag = behind === undefined || behind.amount === 0n ? '' : `, ${formatLag(behind)} behind the old primary`;
  const state = role === 'replica' || engine.role === 'replica' ? 'a replica' : whatItIs(engine);
  const unread = hasPosition(engine) ? '' : ', and nobody can tell what it holds';
  return `${state}${unread}${lag}${reason === '' ? '' : ` (${reason})`}`;
}

function whatItIs({ state, role }: EngineFacts): string {
  switch (state) {
    case 'empty':
      return 'it holds no data';
    case 'stopped':
      return 'its engine is stopped';
    case 'unknown':
      return 'its engine does not answer its guard';
    case 'running':
      return role === 'none' ? 'it follows nobody' : 'it runs as a primary that its guard keeps closed';
    default:
      throw new Error(`unreachable: ${String(state satisfies never)}`);
  }
}

function whyForeign(member: MemberState, succession: Succession): string | undefined {
  const own = member.engine?.systemIdentifier;
  const expected = succession.known?.systemIdentifier;
  if (own === undefined || own === expected) return undefined;
  if (expected !== undefined) return `holds another cluster: ${own}, and the old primary's is ${expected}`;
  const others = candidatesOf(succession).flatMap(({ server, engine }) =>
    engine?.systemIdentifier === undefined || engine.systemIdentifier === own
      ? []
      : [`${server} holds ${engine.systemIdentifier}`],
  );
  if (others.length === 0) return undefined;
  return `holds cluster ${own}, ${others.join(', ')}, and nobody remembers which one the old primary held`;
}
