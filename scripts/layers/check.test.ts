import { describe, expect, test } from 'vitest';

import { checkLayers } from './check.ts';
import { allowedImports } from './table.ts';

const places = (path: string, text: string) =>
  checkLayers([{ path, text }]).map((found) => `${found.path}:${found.line}`);

describe('imports between packages', () => {
  test('accepts what the table allows', () => {
    expect(places('packages/deployer/src/a.ts', `import { run } from '@flotilla/exec';\n`)).toEqual([]);
  });

  test('rejects a feature package that imports another, with its line', () => {
    const text = `\nimport type { Plan } from '@flotilla/deployer';\n`;
    expect(places('packages/failover/src/a.ts', text)).toEqual(['packages/failover/src/a.ts:2']);
  });

  test('rejects an export from, and a dynamic import', () => {
    const text = `export * from '@flotilla/exec';\nexport const later = () => import('@flotilla/exec');\n`;
    expect(places('packages/renderer/src/a.ts', text)).toHaveLength(2);
  });

  test('accepts a forbidden name in a comment or a text', () => {
    const text = `// import '@flotilla/exec';\nexport const hint = "import '@flotilla/exec'";\n`;
    expect(places('packages/renderer/src/a.ts', text)).toEqual([]);
  });

  test('rejects a package that the table does not know', () => {
    expect(places('packages/novel/src/a.ts', `import '@flotilla/model';\n`)).toHaveLength(1);
  });

  test('rejects a manifest that depends on more than the table allows, at the line of the dependency', () => {
    const text = JSON.stringify({ dependencies: { '@flotilla/model': '*', '@flotilla/exec': '*' } }, undefined, 2);
    expect(places('packages/guard/package.json', text)).toEqual(['packages/guard/package.json:4']);
  });

  test('rejects a deep import and a relative one that leaves the package', () => {
    expect(places('packages/cli/src/a.ts', `import '@flotilla/model/src/errors.ts';\n`)).toHaveLength(1);
    expect(places('packages/cli/src/a.ts', `import '../../model/src/errors.ts';\n`)).toHaveLength(1);
    expect(places('packages/cli/src/a/b.ts', `import '../c.ts';\n`)).toEqual([]);
  });

  test('names a cycle', () => {
    const found = checkLayers([
      { path: 'packages/exec/src/a.ts', text: `import '@flotilla/deployer';\n` },
      { path: 'packages/deployer/src/a.ts', text: `import '@flotilla/exec';\n` },
    ]);
    expect(found.map((violation) => violation.message)).toContain(
      'packages import one another: exec → deployer → exec',
    );
  });

  test('has a table without a cycle', () => {
    const files = Object.entries(allowedImports).map(([owner, targets]) => ({
      path: `packages/${owner}/src/a.ts`,
      text: targets.map((target) => `import '@flotilla/${target}';\n`).join(''),
    }));
    expect(checkLayers(files)).toEqual([]);
  });
});

describe('effects', () => {
  test('leaves child_process to exec alone', () => {
    const text = `import { spawn } from 'node:child_process';\n`;
    expect(places('packages/exec/src/a.ts', text)).toEqual([]);
    expect(places('packages/sandbox/src/a.ts', text)).toHaveLength(1);
    expect(places('packages/sandbox/src/a.ts', text.replace('node:', ''))).toHaveLength(1);
  });

  test('lets pure code have createHash and nothing else of Node', () => {
    expect(places('packages/renderer/src/a.ts', `import { createHash } from 'node:crypto';\n`)).toEqual([]);
    expect(
      places('packages/renderer/src/a.ts', `import { createHash, randomBytes } from 'node:crypto';\n`),
    ).toHaveLength(1);
    expect(places('packages/renderer/src/a.ts', `import * as crypto from 'node:crypto';\n`)).toHaveLength(1);
    expect(places('packages/renderer/src/a.ts', `import { join } from 'node:path';\n`)).toHaveLength(1);
    expect(places('packages/deployer/src/plan/a.ts', `import { join } from 'node:path';\n`)).toHaveLength(1);
    expect(places('packages/deployer/src/apply/a.ts', `import { join } from 'node:path';\n`)).toEqual([]);
  });

  test.each(['Date.now()', 'new Date()', 'Math.random()', 'process.env', 'performance.now()'])(
    'rejects %s in pure code',
    (use) => {
      expect(places('packages/guard/src/policy/a.ts', `export const value = ${use};\n`)).toHaveLength(1);
      expect(places('packages/guard/src/serve/a.ts', `export const value = ${use};\n`)).toEqual([]);
    },
  );

  test('accepts a date made of an argument', () => {
    expect(places('packages/model/src/a.ts', `export const at = (ms: number) => new Date(ms);\n`)).toEqual([]);
  });

  test('lets the test of a pure file read its fixtures', () => {
    expect(places('packages/renderer/src/a.test.ts', `import { readFileSync } from 'node:fs';\n`)).toEqual([]);
  });
});
