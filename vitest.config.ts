import { basename, join } from 'node:path';

import { defineConfig } from 'vitest/config';

const heavy = ['**/*.docker.test.ts', '**/*.e2e.test.ts', '**/*.drill.test.ts'];
const ignored = ['**/node_modules/**', '**/.flotilla/**'];
const minute = 60_000;

// scripts/test names a folder for machine-readable results; one file per runner, so that none overwrites another's.
const results = process.env['FLOTILLA_TEST_RESULTS'];
const runner = process.env['FLOTILLA_TEST_RUNNER'] ?? basename(process.cwd());

export default defineConfig({
  logLevel: 'error',
  cacheDir: join(import.meta.dirname, 'node_modules', '.vite'),
  test: {
    passWithNoTests: true,
    reporters:
      results === undefined ? ['default'] : ['default', ['json', { outputFile: join(results, `${runner}.json`) }]],
    // The official workflow parser imports JSON without the attribute that Node asks for: actions/languageservices#387.
    server: { deps: { inline: [/@actions\//] } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['**/*.test.ts'], exclude: [...ignored, ...heavy], testTimeout: 15_000 },
      },
      {
        extends: true,
        test: {
          name: 'docker',
          include: ['**/*.docker.test.ts'],
          exclude: ignored,
          fileParallelism: false,
          testTimeout: 3 * minute,
          hookTimeout: 5 * minute,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          exclude: ignored,
          fileParallelism: false,
          testTimeout: 5 * minute,
          hookTimeout: 10 * minute,
        },
      },
      {
        extends: true,
        test: {
          name: 'drill',
          include: ['**/*.drill.test.ts'],
          exclude: ignored,
          fileParallelism: false,
          testTimeout: 10 * minute,
          hookTimeout: 10 * minute,
        },
      },
    ],
  },
});
