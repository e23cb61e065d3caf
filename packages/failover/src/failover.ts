import { pollUntil } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { consensusOf } from './engines/open.ts';
import { inSession } from './interrupted.ts';
import { withFailoverLock } from './lock.ts';
import { lossWindow, withLastApplied } from './loss-window.ts';
import type { ForecastLoss } from './loss-window.ts';
import type { Assessment } from './policy/assess.ts';
import { decideFailover, isUndecided, membersToFence } from './policy/failover.ts';
import type { FailoverDecision } from './policy/failover.ts';
import { checkQuiet } from './policy/quiet.ts';
import { reachableServers, serverView } from './policy/view.ts';
import type { ServiceView } from './policy/view.ts';
import { probeWriters } from './probe.ts';
import { proveFences } from './prove-fences.ts';
import type { Fences } from './prove-fences.ts';
import { readMemory, recorded } from './record.ts';
import type { FailoverReport, LossWindow } from './report.ts';
import { look, lookAtFirst, passOverSilent, refused, timedReport } from './session.ts';
import type { FailoverTools, Session, Sight } from './session.ts';
import { checkSpace } from './target-space.ts';
import { claimTerm, promoteHolder, recordFence } from './term.ts';

export type FailoverOptions = {
  readonly to?: string;
  /** The person accepts that acknowledged writes may be lost. */
  readonly acceptLoss: boolean;
  /** The person's own words that the old primary is out, when nothing can prove it. */
  readonly unfenced?: string;
  /** The person knows of the last failover, and why there is another one so soon. */
  readonly isDespiteQuiet?: boolean;
  /** Asked before anything is changed, with what would be done and lost; throws to go no further. */
  readonly confirm?: (forecast: FailoverForecast) => Promise<void>;
};

/** What a failover would do, and what it would lose. */
export type FailoverForecast = FailoverDecision & { readonly loss: ForecastLoss };

/** Within this time an engine that Docker may restart is back, and the guards have lost a server that is gone. */
const SETTLE_TIMEOUT_MS = 6_000;
const SETTLE_INTERVAL_MS = 200;

/**
 * Makes a replica primary after the old primary was lost: claim, proven fence, promotion, proof that it alone takes writes. Refuses while
 * the old primary is or may be healthy. Throws a refusal (nothing changed), FAILOVER_UNFENCED (the service is closed, the term claimed),
 * FAILOVER_PROMOTION_FAILED, FAILOVER_TWO_WRITERS or FAILOVER_INTERRUPTED. May be run again after any failure.
 */
export async function failover(tools: FailoverTools, options: FailoverOptions): Promise<FailoverReport> {
  return inSession(tools, 'failover', (session) => failOver(session, options));
}

async function failOver(session: Session, options: FailoverOptions): Promise<FailoverReport> {
  const { view, forecast } = await lookAndDecide(session, options);
  checkLoss(session, forecast, options);
  await options.confirm?.(forecast);
  const reason = `failover of ${session.target.service} to ${forecast.to}`;
  const quick = passOverSilent(session, view);
  return withFailoverLock(quick, { servers: reachableServers(view), reason }, async (lock) => {
    // Whoever held the lock until now may have changed what was seen.
    const sight = await look(quick);
    const decision = decide(quick, sight, options);
    checkLoss(quick, decision, options);
    await lock.confirm();
    return recorded(quick, { kind: 'failover', view: sight.view }, () =>
      takeOver(quick, { ...sight, decision, options }),
    );
  });
}

/** Gives what `failover` would do now, and changes nothing. Throws the refusals that it would throw. */
export async function previewFailover(
  tools: FailoverTools,
  options: Pick<FailoverOptions, 'to' | 'isDespiteQuiet'>,
): Promise<FailoverForecast> {
  return inSession(tools, 'failover', async (session) => (await lookAndDecide(session, options)).forecast);
}

type Choice = Pick<FailoverOptions, 'to' | 'isDespiteQuiet'>;

async function lookAndDecide(session: Session, options: Choice) {
  const [{ view, assessment }, memory] = await Promise.all([
    lookForDeath(session),
    readMemory(session.fleet, session.target),
  ]);
  const decision = decide(session, { view, assessment }, options);
  const isSoon = options.isDespiteQuiet === true ? undefined : checkQuiet(session.target.service, memory.failover);
  if (isSoon !== undefined) throw refused(isSoon);
  session.say('observe', describe(assessment, decision));
  const [forecast] = await Promise.all([withLastApplied(session, decision), checkSpace(session, decision.to)]);
  return { view, forecast };
}

function decide({ target }: Session, { view, assessment }: Sight, { to }: Choice): FailoverDecision {
  const question = { ...(to === undefined ? {} : { to }), control: target.control };
  const decision = decideFailover(view, assessment, question);
  if (decision.kind === 'refused') throw refused(decision);
  return decision;
}

function checkLoss({ target }: Session, { to, loss }: FailoverDecision, { acceptLoss }: FailoverOptions): void {
  if (acceptLoss || !loss.isPossible) return;
  const what = `commits that ${to} had not received are lost`;
  throw new FlotillaError('FAILOVER_LOSS_NOT_ACCEPTED', { service: target.service, loss: what });
}

/**
 * Looks until the primary is gone for everybody, or is well again, or time is up; the decision says what it then means. Who did
 * not answer at first is not waited for each time: the others tell when it is gone for them too, and who is still seen at the
 * end is asked once more.
 */
async function lookForDeath(session: Session): Promise<Sight> {
  const first = await lookAtFirst(session);
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

async function takeOver(session: Session, given: TakeOver): Promise<FailoverReport> {
  const { decision, options } = given;
  const { from, to, term } = decision;
  const proved = term === undefined ? await byConsensus(session, given) : await byTerm(session, given, term);
  const { fences, provedMs, loss } = proved;
  const openMs = session.clock.now();
  session.say('open', term === undefined ? `${to} is primary` : `${to} is primary in term ${term}`);
  const probe = await probeWriters(session, to);
  const [fence, ...others] = fences;
  const isUnfenced = fences.some(({ kind }) => kind === 'unfenced');
  return {
    kind: 'failover',
    ...timedReport(session, { from, to, term, provedMs, openMs }),
    ...(fence === undefined ? {} : { fence }),
    ...(others.length === 0 ? {} : { alsoFenced: others }),
    ...(isUnfenced && options.unfenced !== undefined ? { unfenced: options.unfenced } : {}),
    ...(loss === undefined ? {} : { loss }),
    probe,
  };
}

type Proved = { readonly fences: Fences; readonly provedMs: number; readonly loss: LossWindow | undefined };

async function byConsensus(session: Session, { view, decision, options }: TakeOver): Promise<Proved> {
  const { from, to } = decision;
  const consensus = consensusOf(session.target);
  if (consensus === undefined) throw new Error('a guarded service is failed over in a term');
  const fences = await proveFences(session, { view, members: [from], words: options.unfenced });
  const provedMs = session.clock.now();
  // Asked at the same moment: afterwards, the last write of the new primary is one of its own clients'.
  const [loss] = await Promise.all([
    lossWindow(session, { decision, provedMs }),
    consensus.replace(session, { from, to }),
  ]);
  return { fences, provedMs, loss };
}

/** Everything is proved after the claim has its majority: what was fenced before it may have been started again. */
async function byTerm(session: Session, { decision, options }: TakeOver, term: number): Promise<Proved> {
  const { fleet, target, clock } = session;
  const { from, to } = decision;
  const accepted = await claimTerm(fleet, target, { term, holder: to, toBeFenced: decision.fence });
  session.say('claim', `term ${term} is claimed for ${to} on ${accepted.length} of ${fleet.servers.length} servers`);
  const { view } = await look(session);
  const bootId = serverView(view, to).guard?.bootId ?? '';
  const members = membersToFence(view, { from, to, term });
  const fences = await proveFences(session, { view, members, words: options.unfenced });
  const provedMs = clock.now();
  const [loss] = await Promise.all([
    lossWindow(session, { decision, provedMs }),
    recordFence(fleet, target, { term, holder: to, fenced: members, bootId }),
  ]);
  await promoteHolder(session, { term, holder: to, acceptLoss: options.acceptLoss });
  return { fences, provedMs, loss };
}

function describe(assessment: Assessment, { from, to, passedOver }: FailoverDecision): string {
  const states = assessment.members.map(({ server, role }) => `${server} ${role}`).join(', ');
  const note = passedOver.length === 0 ? '' : `; ${passedOver.join(', ')} would hold more`;
  return `${states}; ${to} takes over from ${from}${note}`;
}
