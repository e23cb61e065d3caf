import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { TermRecord } from '@flotilla/model';

import { planPromotion } from '../policy/promotion.ts';
import { acceptBootstrap, acceptClaim, acceptFence, acceptPromoted } from '../policy/records.ts';
import type { RecordOutcome, RefusalCode } from '../policy/records.ts';
import { readIfPresent, writeAtomically } from '../store/atomic-file.ts';
import { isFields } from '../store/parse.ts';
import { FROZEN_AFTER_MS } from './watch.ts';
import type { Watch } from './watch.ts';

const REJOIN_TIMEOUT_MS = 30_000;
const REJOIN_POLL_MS = 100;

/** The answer to an order on the control socket. */
export type OrderReply =
  | { readonly kind: 'done'; readonly record: TermRecord | null }
  | {
      readonly kind: 'refused';
      readonly code: RefusalCode;
      readonly reason: string;
      readonly servers?: readonly string[];
    };

/** Carries out orders about one service, one after another. */
export type Orders = (name: string, body: unknown) => Promise<OrderReply>;

/** Gives the orders of one watch. `now` is the time of day, for the records that people read. */
export function ordersOf(watch: Watch, now: () => string): Orders {
  let last: Promise<unknown> = Promise.resolve();
  return (name, body) => {
    const reply = last.then(() => carryOut(watch, { name, body, at: now() }));
    last = reply.catch(() => undefined);
    return reply;
  };
}

type Order = { readonly name: string; readonly body: unknown; readonly at: string };

async function carryOut(watch: Watch, { name, body, at }: Order): Promise<OrderReply> {
  const { control, service } = watch.options.service;
  if (control !== 'guard') {
    return { kind: 'refused', code: 'NOT_GUARDED', reason: `${control} decides about ${service}` };
  }
  const { term, holder, fenced, bootId, acceptLoss } = isFields(body) ? body : {};
  const hasTerm = typeof term === 'number' && Number.isSafeInteger(term) && term >= 1;
  if (name === 'bootstrap' && typeof holder === 'string') return bootstrap(watch, { holder, at });
  if (name === 'claim' && hasTerm && typeof holder === 'string') {
    return settle(watch, acceptClaim(watch.view(), { term, holder, at }));
  }
  if (name === 'promoted' && hasTerm && typeof holder === 'string') {
    return settle(watch, acceptPromoted(watch.view(), { term, holder, at }));
  }
  if (name === 'fence' && hasTerm && typeof bootId === 'string' && isNames(fenced)) {
    return settle(watch, acceptFence(watch.view(), { term, fenced, bootId }));
  }
  if (name === 'promote' && hasTerm) return promote(watch, { term, acceptLoss: acceptLoss === true });
  if (name === 'rejoin' && hasTerm) return rejoin(watch, term);
  return { kind: 'refused', code: 'BAD_ORDER', reason: `no order ${name} with these fields` };
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** What the record asks of the engine is done when the order is answered. */
async function settle(watch: Watch, outcome: RecordOutcome): Promise<OrderReply> {
  if (outcome.kind === 'refused') return outcome;
  watch.accept(outcome.record);
  await watch.obey();
  return { kind: 'done', record: outcome.record };
}

async function bootstrap(watch: Watch, order: { readonly holder: string; readonly at: string }): Promise<OrderReply> {
  await watch.refresh();
  return settle(watch, acceptBootstrap(watch.view(), order));
}

async function promote(
  watch: Watch,
  order: { readonly term: number; readonly acceptLoss: boolean },
): Promise<OrderReply> {
  const { monotonic, log, service } = watch.options;
  const askedAt = monotonic();
  await watch.refresh();
  const plan = planPromotion(watch.view(), order);
  if (plan.kind === 'refused') return plan;
  if (plan.kind === 'done' || watch.record === null) return { kind: 'done', record: watch.record };
  if (monotonic() - askedAt > FROZEN_AFTER_MS) {
    return { kind: 'refused', code: 'NO_MAJORITY', reason: 'frozen while reading: ask again' };
  }
  watch.pause('promoting');
  try {
    if (plan.kind === 'promote') {
      log({ event: 'promoting', service: service.service, term: order.term });
      const result = await watch.promote();
      if (result.kind === 'failed') return { kind: 'refused', code: 'ENGINE_FAILED', reason: result.reason };
      await watch.observe();
    }
    watch.accept({ ...watch.record, phase: 'promoted' });
  } finally {
    watch.resume();
  }
  await watch.obey();
  return { kind: 'done', record: watch.record };
}

/** Returns when the wrapper has set the data aside; the clone that follows shows in the facts. */
async function rejoin(watch: Watch, term: number): Promise<OrderReply> {
  const { runFolder, service } = watch.options;
  const refusal = await refuseRejoin(watch, term);
  if (refusal !== undefined) return refusal;
  if (isEmpty(watch)) return { kind: 'done', record: watch.record };
  const request = join(runFolder, 'rejoin');
  const refused = join(runFolder, 'rejoin.refused');
  rmSync(refused, { force: true });
  watch.forceClosed('the data are being set aside');
  try {
    writeAtomically(request, `${term}\n`);
    const deadline = watch.options.monotonic() + REJOIN_TIMEOUT_MS;
    while (watch.options.monotonic() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, REJOIN_POLL_MS));
      await watch.observe();
      const reason = readIfPresent(refused);
      if (reason !== undefined) return { kind: 'refused', code: 'NO_SPACE', reason: reason.trim() };
      if (isEmpty(watch) && !existsSync(request)) return { kind: 'done', record: watch.record };
    }
    return {
      kind: 'refused',
      code: 'ENGINE_FAILED',
      reason: `the container of ${service.service} did not act: start it`,
    };
  } finally {
    rmSync(request, { force: true });
    watch.forceClosed(undefined);
  }
}

function isEmpty(watch: Watch): boolean {
  return watch.facts.state === 'empty';
}

async function refuseRejoin(watch: Watch, term: number): Promise<OrderReply | undefined> {
  await watch.refresh();
  const { record, self, reads } = watch.view();
  if (record?.term !== term) return { kind: 'refused', code: 'WRONG_TERM', reason: `in term ${record?.term ?? 0}` };
  if (record.holder === self) return { kind: 'refused', code: 'NOT_HOLDER', reason: `${self} holds the term itself` };
  const theirs = reads[record.holder]?.record;
  const isPromoted = theirs?.term === term && theirs.holder === record.holder && theirs.phase === 'promoted';
  return isPromoted ? undefined : { kind: 'refused', code: 'NOT_PROMOTED', reason: `${record.holder} is not promoted` };
}
