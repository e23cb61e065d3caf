import type { DeployEvent, DeployReport } from '@flotilla/deployer';
import { printable } from '@flotilla/exec';

/** Gives what a deploy tells as one line of talk, or `undefined` for what needs no words. */
export function deployLine(event: DeployEvent): string | undefined {
  switch (event.kind) {
    case 'observed':
      return `observed ${event.reached.join(', ')}${without(event.unreachable)}`;
    case 'planned':
      return `${event.changes.length} units change, ${event.removals.length} go`;
    case 'locked':
      return undefined;
    case 'waiting-for-lock':
      return `${event.server}: waiting for ${event.owner.holder} (${event.owner.reason})`;
    case 'pulling':
      return `${event.server}: pulling ${event.images.length} images`;
    case 'pulled':
      return `${event.server}: images are there`;
    case 'uploaded':
      return `${event.server}: uploaded ${event.services.join(', ')}`;
    case 'secrets-written':
      return `${event.server}: secrets of ${event.services.join(', ')}`;
    case 'wave':
      return `wave ${event.index} of ${event.count}: ${event.servers.join(', ')}`;
    case 'preempted':
      return `${event.server}: preempted by ${event.by.holder} (${event.by.reason})`;
    case 'first-primary':
      return `${event.service}: ${event.server} becomes its first primary`;
    case 'handing-over':
      return `${event.service}: its role leaves ${event.from} before that changes (to ${event.candidates.join(' or ')})`;
    case 'handed-over':
      return `${event.service}: ${event.to} is primary, and ${event.from} follows it`;
    case 'maintenance-ended':
      return `${event.server}: ${event.entries.join(', ')} back in rotation after an interrupted deploy`;
    case 'drained':
    case 'drain-skipped':
    case 'undrained':
      return drainLine(event);
    default:
      return unitLine(event);
  }
}

type DrainEvent = Extract<DeployEvent, { kind: 'drained' | 'drain-skipped' | 'undrained' }>;

function drainLine(event: DrainEvent): string | undefined {
  const entries = event.entries.join(', ');
  switch (event.kind) {
    case 'drained':
      return `${event.server}: ${entries} out of rotation${event.busy.length === 0 ? '' : `, still busy: ${event.busy.join(', ')}`}`;
    case 'undrained':
      return `${event.server}: ${entries} back in rotation${event.down.length === 0 ? '' : `, down: ${event.down.join(', ')}`}`;
    case 'drain-skipped':
      return undefined;
    default:
      throw new Error(`unreachable: ${String(event satisfies never)}`);
  }
}

type UnitEvent = Extract<DeployEvent, { readonly service: string; readonly server: string }>;

function unitLine(event: Exclude<UnitEvent, { kind: 'first-primary' }>): string | undefined {
  const unit = `${event.server}: ${event.service}`;
  switch (event.kind) {
    case 'changing':
      return `${unit} ${event.from === undefined ? 'starts' : 'changes'}`;
    case 'unhealthy':
      // Its last lines come with the error that ends the deploy.
      return `${unit} is UNHEALTHY: ${firstLine(event.output)}`;
    case 'healthy':
      return `${unit} is healthy`;
    case 'returning':
      return `${unit} returns to its previous release`;
    case 'returned':
      return `${unit} runs its previous release`;
    case 'removed':
      return `${unit} removed`;
    case 'kept':
      return `${unit} is not in the environment any more; it has data and is left alone`;
    case 'started':
    case 'reloaded':
    case 'applied':
      return undefined;
    default:
      throw new Error(`unreachable: ${String(event satisfies never)}`);
  }
}

/** Gives how a deploy ended and where each unit of each server stands. */
export function deployLines(report: DeployReport): readonly string[] {
  const head = `${report.environment}: ${OUTCOMES[report.outcome]} (${report.digest})`;
  if (report.outcome === 'unchanged') return [head];
  const servers = report.servers.map(({ server, isReachable, units }) => {
    if (!isReachable) return `  ${server}: offline, left for the next deploy`;
    const states = units.map(
      ({ service, state, detail }) => `${service} ${state}${detail ? ` (${firstLine(detail)})` : ''}`,
    );
    return `  ${server}: ${states.join(', ')}`;
  });
  const moved = report.handOvers.map(
    ({ service, from, to }) => `  ${service}: ${to} is primary now, was ${from}; it stays so until the next switchover`,
  );
  return [head, ...servers, ...moved];
}

const OUTCOMES: Readonly<Record<DeployReport['outcome'], string>> = {
  unchanged: 'nothing to do, nothing touched',
  done: 'deployed',
  returned: 'FAILED; every stateless unit runs its previous release again',
  failed: 'FAILED',
  partly: 'deployed in part',
};

function without(servers: readonly string[]): string {
  return servers.length === 0 ? '' : `; no answer from ${servers.join(', ')}`;
}

function firstLine(text: string): string {
  return printable(text.trim().split('\n')[0] ?? '');
}
