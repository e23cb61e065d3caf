import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { GOLDEN_CASES, renderCase } from './golden-cases.ts';

for (const golden of GOLDEN_CASES) {
  rmSync(golden.expected, { recursive: true, force: true });
  for (const [path, text] of renderCase(golden)) {
    const target = join(golden.expected, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}
