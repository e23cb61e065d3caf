import { adoptionErrors } from './adoption.ts';
import { cliErrors } from './cli.ts';
import { connectionErrors } from './connection.ts';
import { deployerErrors } from './deployer.ts';
import type { FactsOf } from './entry.ts';
import { execErrors } from './exec.ts';
import { failoverErrors } from './failover.ts';
import { imagesErrors } from './images.ts';
import { modelFindings } from './model.ts';
import { rendererFindings } from './renderer.ts';
import { sandboxErrors } from './sandbox.ts';
import { validatorFindings } from './validators.ts';

/** Every failed action, by its permanent code. */
export const errorCatalogue = {
  ...execErrors,
  ...deployerErrors,
  ...failoverErrors,
  ...adoptionErrors,
  ...imagesErrors,
  ...sandboxErrors,
  ...cliErrors,
  ...connectionErrors,
} as const;

/** Every finding about an input, by its permanent code. */
export const findingCatalogue = { ...modelFindings, ...rendererFindings, ...validatorFindings } as const;

export type ErrorCode = keyof typeof errorCatalogue;
export type FindingCode = keyof typeof findingCatalogue;
export type ErrorFacts<C extends ErrorCode> = FactsOf<(typeof errorCatalogue)[C]>;
export type FindingFacts<C extends FindingCode> = FactsOf<(typeof findingCatalogue)[C]>;
