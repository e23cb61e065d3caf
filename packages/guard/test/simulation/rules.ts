import { decide } from '../../src/policy/decide.ts';
import { planPromotion } from '../../src/policy/promotion.ts';
import { acceptClaim, acceptFence, planSeed } from '../../src/policy/records.ts';

/** The rules under test, and what a tool is bound to. A mutant replaces one. */
export const soundRules = {
  decide,
  planPromotion,
  acceptClaim,
  acceptFence,
  planSeed,
  /** A tool proves a fence only once the claim has its majority. */
  provesAfterClaim: true,
};

export type Rules = typeof soundRules;
