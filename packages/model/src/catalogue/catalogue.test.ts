import { describe, expect, it } from 'vitest';

import { adoptionErrors } from './adoption.ts';
import { cliErrors } from './cli.ts';
import { connectionErrors } from './connection.ts';
import { deployerErrors } from './deployer.ts';
import { execErrors } from './exec.ts';
import { failoverErrors } from './failover.ts';
import { imagesErrors } from './images.ts';
import { errorCatalogue, findingCatalogue } from './index.ts';
import { modelFindings } from './model.ts';
import { rendererFindings } from './renderer.ts';
import { sandboxErrors } from './sandbox.ts';
import { validatorFindings } from './validators.ts';

const FILES: readonly object[] = [
  cliErrors,
  connectionErrors,
  deployerErrors,
  execErrors,
  failoverErrors,
  adoptionErrors,
  imagesErrors,
  modelFindings,
  rendererFindings,
  sandboxErrors,
  validatorFindings,
];

describe('the catalogue', () => {
  const entries = FILES.flatMap((file) => Object.entries(file));

  it.each(entries)('gives %s a code in upper snake case, a title and a message', (code, entry: unknown) => {
    expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/);
    expect(entry).toMatchObject({ title: expect.stringMatching(/\S/), message: expect.any(Function) });
  });

  it('has every code once, and lists every file', () => {
    const codes = entries.map(([code]) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect([...Object.keys(errorCatalogue), ...Object.keys(findingCatalogue)].sort()).toEqual(codes.sort());
  });
});
