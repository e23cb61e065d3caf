import { pollUntil } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { driverOf } from './engines/open.ts';
import { formatLsn } from './engines/postgres.ts';
import { fence } from './fence.ts';
import type { FenceProof } from './fence.ts';
import { engineContainer } from './observe.ts';
import type { Assessment } from './policy/assess.ts';
import { decideFailover, isUndecided } from './policy/failover.ts';
import type { FailoverDecision } from './policy/failover.ts';
import { serverView } from './policy/view.ts';
import type { ServiceView } from './policy/view.ts';
import type { FailoverReport, LossWindow } from './report.ts';
import { withFailoverLock } from './lock.ts';
import { look, openSession, passOverSilent, refused, timedReport } from './session.ts';
import type { FailoverTools, Session, Sight } from './session.ts';
import { claimTerm, promoteHolder, recordFence } from './term.ts';

export type FailoverOptions = {
  readonly to?: string;
  /** The person accepts that acknowledged writes may be lost. */
  readonly acceptLoss: boolean;
  /** The person's own words that the old primary is out, when nothing can prove it. */
  readonly unfenced?: string;
};

/** Within this time an engine that Docker may restart is back, and the guards have lost a server that is gone. */
const SETTLE_TIMEOUT_MS = 6_000;
const SETTLE_INTERVAL_MS = 200;

/**
 * Makes a replica primary after the old primary was lost: claim, proven fence, promotion. Refuses while the old primary is or
 * may be healthy. Throws a refusal (nothing changed), FAILOVER_UNFENCED (the service is closed, the term claimed), or
 * FAILOVER_PROMOTION_FAILED. May be run again after any failure.
 */
export async function failover(tools: FailoverTools, options: FailoverOptions): Promise<FailoverReport> {
  const session = openSession(tools);
  const { view, decision } = await lookAndDecide(session, options);
  if (!options.acceptLoss) {
    const loss = `replication is asynchronous: commits that ${decision.to} had not received are lost`;
    throw new FlotillaError('FAILOVER_LOSS_NOT_ACCEPTED', { service: tools.target.service, loss });
  }
  const servers = view.servers.filter((server) => server.reachable).map(({ server }) => server);
  const reason = `failover of ${tools.target.service} to ${decision.to}`;
  const quick = passOverSilent(session, view);
  return withFailoverLock(quick, { servers, reason }, async () => {
    // Whoever held the lock until now may have changed what was seen.
    const sight = await look(quick);
    return takeOver(quick, { view: sight.view, decision: decide(sight, options), options });
  });
}

/** Gives what `failover` would do now, and changes nothing. Throws the refusals that it would throw. */
export async function previewFailover(
  tools: FailoverTools,
  options: Pick<FailoverOptions, 'to'>,
): Promise<FailoverDecision> {
  const { decision } = await lookAndDecide(openSession(tools), options);
  return decision;
}

async function lookAndDecide(session: Session, options: Pick<FailoverOptions, 'to'>) {
  const { view, assessment } = await lookForDeath(session);
  const decision = decide({ view, assessment }, options);
  session.say('observe', describe(assessment, decision));
  return { view, decision };
}

function decide({ view, assessment }: Sight, options: Pick<FailoverOptions, 'to'>): FailoverDecision {
  const decision = decideFailover(view, assessment, options);
  if (decision.kind === 'refused') throw refused(decision);
  return decision;
}

/**
 * Looks until the primary is gone for everybody, or is well again, or time is up; the decision says what it then means. Who did
 * not answer at first is not waited for each time: the others tell when it is gone for them too, and who is still seen at the
 * end is asked once more.
 */
async function lookForDeath(session: Session): Promise<Sight> {
  const first = await look(session);
  if (isSettled(session, first)) return first;
  const others = passOverSilent(session, first.view);
  const again = async () => {
    const seen = await look(others);
    return isSettled(session, seen) ? seen : undefined;
  };
  const poll = { intervalMs: SETTLE_INTERVAL_MS, timeoutMs: SETTLE_TIMEOUT_MS, clock: session.clock };
  return (await pollUntil(again, poll)) ?? look(session);
}

function isSettled({ target }: Session, { view, assessment }: Sight): boolean {
  return assessment.primary !== undefined || !isUndecided(view, target.members);
}

type TakeOver = {
  readonly view: ServiceView;
  readonly decision: FailoverDecision;
  readonly options: FailoverOptions;
};

async function takeOver(session: Session, { view, decision, options }: TakeOver): Promise<FailoverReport> {
  const { fleet, target, clock } = session;
  const { from, to, term } = decision;
  const accepted = await claimTerm(fleet, target, { term, holder: to, toBeFenced: [from] });
  session.say('claim', `term ${term} is claimed for ${to} on ${accepted.length} of ${fleet.servers.length} servers`);
  const bootId = serverView((await look(session)).view, to).guard?.bootId ?? '';
  const proof = await proveFence(session, { view, decision, options });
  const provedMs = clock.now();
  const [loss] = await Promise.all([
    lossWindow(session, { to, provedMs }),
    recordFence(fleet, target, { term, holder: to, fenced: [from], bootId }),
  ]);
  await promoteHolder(session, { term, holder: to, acceptLoss: options.acceptLoss });
  session.say('open', `${to} is primary in term ${term}`);
  return { kind: 'failover', ...timedReport(session, { from, to, term, provedMs }), fence: proof, loss };
}

async function proveFence(session: Session, { view, decision, options }: TakeOver): Promise<FenceProof> {
  const { fleet, target, runner, clock, power } = session;
  const { from } = decision;
  const fenceTarget = {
    remote: fleet.server(from),
    container: engineContainer(target),
    power: power[from],
    reachable: serverView(view, from).reachable,
  };
  const proof = await fence(fenceTarget, { runner, clock });
  if (proof.kind !== 'unfenced') {
    session.say('fence', `${from}: ${proof.evidence}`);
    return proof;
  }
  const tried = proof.tried.join('; ');
  if (options.unfenced === undefined) {
    throw new FlotillaError('FAILOVER_UNFENCED', { service: target.service, server: from, tried });
  }
  session.say('fence', `UNFENCED: ${from} (${tried}); overridden: ${options.unfenced}`);
  return proof;
}

async function lossWindow(
  session: Session,
  { to, provedMs }: { readonly to: string; readonly provedMs: number },
): Promise<LossWindow> {
  const { fleet, target } = session;
  const [since, { view }] = await Promise.all([driverOf(target).lastApplied(fleet.server(to), target), look(session)]);
  const received = serverView(view, to).guard?.engine.lsn ?? '0';
  return {
    ...(since === undefined ? {} : { since }),
    until: new Date(provedMs).toISOString(),
    receivedLsn: formatLsn(BigInt(received)),
  };
}

function describe(assessment: Assessment, { from, to, passedOver }: FailoverDecision): string {
  const states = assessment.members.map(({ server, role }) => `${server} ${role}`).join(', ');
  const note = passedOver.length === 0 ? '' : `; ${passedOver.join(', ')} would hold more`;
  return `${states}; ${to} takes over from ${from}${note}`;
}
