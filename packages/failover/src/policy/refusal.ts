import type { FailoverRefusalCode, ErrorFacts } from '@flotilla/model';

/** Why a command is not carried out. Nothing was changed. */
export type Refusal = { readonly kind: 'refused' } & {
  [C in FailoverRefusalCode]: { readonly code: C; readonly facts: ErrorFacts<C> };
}[FailoverRefusalCode];

/** Gives a refusal with the facts that its sentence needs. */
export function refuse<C extends FailoverRefusalCode>(code: C, facts: ErrorFacts<C>): Refusal {
  // The signature ties the facts to the code; a mapped union cannot follow a type parameter.
  return { kind: 'refused', code, facts } as unknown as Refusal;
}
