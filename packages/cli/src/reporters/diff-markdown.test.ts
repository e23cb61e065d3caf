import { createHash } from 'node:crypto';

import { planChanges } from '@flotilla/deployer';
import type { Finding, RenderedFile, ServerTree, ServiceUnit, Tree } from '@flotilla/model';
import { describe, expect, it } from 'vitest';

import { renderDiffMarkdown } from './diff-markdown.ts';

const LIMIT = 65_000;

/** Gives a tree with one service `web` per server; each text is its Compose file. */
function treeOf(texts: Readonly<Record<string, string>>, digest = 'tree'): Tree {
  const servers = Object.keys(texts).sort();
  return { environment: 'test', servers: servers.map((server) => serverTree(server, texts[server] ?? '')), digest };
}

function serverTree(server: string, text: string): ServerTree {
  const file: RenderedFile = { path: 'services/web/compose.yaml', text, mode: 0o644, effect: 'recreate' };
  const hash = createHash('sha256').update(text).digest('hex');
  const unit: ServiceUnit = {
    server,
    service: 'web',
    kind: 'app',
    tier: 'stateless',
    image: 'app:1.0.0',
    publishes: [],
    memoryBytes: 0,
    cpus: undefined,
    after: [],
    drains: [],
    gates: [],
    secretEnv: [],
    secretFiles: [],
    directories: [],
    hash,
    runHash: hash,
  };
  return { server, files: [file], units: [unit], digest: hash };
}

function findingOf(parts: Partial<Finding> = {}): Finding {
  const at = { file: 'environments/test/environment.yaml', line: 3, column: 5 };
  return { severity: 'warning', code: 'VALIDATE_BACKUP_MISSING', message: 'db has no backup', at, ...parts };
}

function render(before: Tree | undefined, after: Tree, findings: readonly Finding[] = []): string {
  const plan = planChanges(before, after);
  return renderDiffMarkdown({ environment: 'test', base: 'origin/main', plan, before, after, findings });
}

/** Gives the text outside of fences; fails when a fence is left open. Follows CommonMark: only a fence as long closes. */
function outsideFences(text: string): string {
  let fence = '';
  const kept = text.split('\n').filter((line) => {
    const run = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
    if (fence === '') {
      if (run === null) return true;
      fence = run[1] ?? '';
      return false;
    }
    if (run !== null && (run[1] ?? '').length >= fence.length && run[2]?.trim() === '') fence = '';
    return false;
  });
  expect(fence).toBe('');
  return kept.join('\n');
}

function expectWellFormed(text: string): void {
  expect(text.length).toBeLessThanOrEqual(LIMIT);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LIMIT);
  expect(text.isWellFormed()).toBe(true);
  const outside = outsideFences(text);
  expect(outside.match(/<details>/g)?.length ?? 0).toBe(outside.match(/<\/details>/g)?.length ?? 0);
}

function withSecret(secret: string): string {
  return `environment:\n  DB_PASSWORD: ${secret}\n  OTHER_TOKEN: >-\n    ${secret}\n  URL: postgres://u:${secret}@db/x\n`;
}

function withImage(image: string): string {
  return `image: ${image}\nlabels:\n      flotilla.run-hash: ${image}-hash\n`;
}

const CUT = 'This comment is cut';

describe('renderDiffMarkdown', () => {
  it('shows the changed line, the digests and where the findings stand', () => {
    const text = render(treeOf({ a: 'x: 1\ny: 2\n' }, 'old'), treeOf({ a: 'x: 1\ny: 3\n' }, 'new'), [findingOf()]);
    expectWellFormed(text);
    expect(text.startsWith('<!-- flotilla:diff:test -->\n')).toBe(true);
    expect(text).toContain('\n x: 1\n-y: 2\n+y: 3\n');
    expect(text).toContain('Digest `new`, before `old`');
    expect(text).toContain('| `a` | 0 | 1 | 0 | recreate |');
    expect(text).toContain('`environments/test/environment.yaml:3:5`');
    expect(text).not.toContain(CUT);
  });

  it('says that nothing changes, with every digest', () => {
    const tree = treeOf({ a: 'x\n', b: 'y\n' });
    const text = render(tree, tree);
    expectWellFormed(text);
    expect(text).toContain('**No changes.**');
    for (const server of tree.servers) expect(text).toContain(server.digest);
  });

  it('gives the same bytes for the same input', () => {
    const [before, after] = [treeOf({ a: 'x\n', b: 'y\n' }), treeOf({ a: 'z\n', c: 'y\n' })];
    expect(render(before, after, [findingOf()])).toBe(render(before, after, [findingOf()]));
  });

  it('shows a new environment, a new server and one that leaves', () => {
    expect(render(undefined, treeOf({ a: 'x\n' }))).toContain('**New environment**');
    const text = render(treeOf({ a: 'x\n' }), treeOf({ b: 'x\n' }));
    expectWellFormed(text);
    expect(text).toContain('leaves the environment');
    expect(text).toContain('new server');
  });

  it('keeps content inside of its fence, whatever it holds', () => {
    const hostile = ['```', '````diff', '</details>', '<script>alert(1)</script>', '~~~', '# heading', '@everyone'];
    const text = render(treeOf({ a: 'x\n' }), treeOf({ a: `${hostile.join('\n')}\n` }));
    expectWellFormed(text);
    expect(outsideFences(text)).not.toContain('script>');
  });

  it('escapes what findings quote', () => {
    const finding = findingOf({ message: '<b>@org</b> | `x` [a](b)\n```\n</details>', hint: '<!-- -->' });
    const text = render(treeOf({ a: 'x\n' }), treeOf({ a: 'y\n' }), [finding]);
    expectWellFormed(text);
    expect(text).not.toContain('@org');
    expect(text).not.toContain('<b>@');
  });

  it('shows characters that would hide or reorder others', () => {
    const text = render(treeOf({ a: 'x\n' }), treeOf({ a: 'ok\u202Eko\r\u0000\uD800\n' }));
    expectWellFormed(text);
    expect(text).toContain('ok<U+202E>ko␍␀');
  });

  it('never shows a secret, and shows that it changed', () => {
    const text = render(treeOf({ a: withSecret('hunter2') }), treeOf({ a: withSecret('hunter3') }));
    expect(text).not.toMatch(/hunter/);
    expect(text).toContain('-  DB_PASSWORD: (hidden 2)\n');
    expect(text).toContain('+  DB_PASSWORD: (hidden 1)\n');
    expect(text).toContain('+  URL: postgres://u:(hidden 1)@db/x');
  });

  it('does not repeat the run hash that changes with every other line', () => {
    const text = render(treeOf({ a: withImage('one') }), treeOf({ a: withImage('two') }));
    expect(text).toContain('+image: two');
    expect(text).not.toContain('+      flotilla.run-hash');
  });

  it('keeps the marker inside of its comment', () => {
    const tree = treeOf({ a: 'x\n' });
    const plan = planChanges(tree, tree);
    const input = { environment: 'test', base: 'main', plan, before: tree, after: tree, findings: [] };
    const [first] = renderDiffMarkdown({ ...input, marker: 'x --> <b>' }).split('\n');
    expect(first).toMatch(/^<!-- [^<>]* -->$/);
  });
});

describe('renderDiffMarkdown beyond what a comment holds', () => {
  it('leaves out a hunk with a huge line, and says so', () => {
    const text = render(treeOf({ a: 'x\n' }), treeOf({ a: `${'y'.repeat(200_000)}\n` }));
    expectWellFormed(text);
    expect(text).toContain(CUT);
    expect(text).toContain('1 hunk');
    expect(text).toContain('scripts/flotilla diff test --base origin/main');
    expect(text).not.toContain('No changes');
  });

  it('keeps a small section whole beside a huge one', () => {
    const huge = Array.from({ length: 20_000 }, (_, index) => `line ${index}`).join('\n');
    const text = render(treeOf({ a: 'x\n', b: 'x\n' }), treeOf({ a: huge, b: 'small\n' }));
    expectWellFormed(text);
    expect(text).toContain(CUT);
    expect(text).toContain('+small');
  });

  it('keeps the error when findings are many and gigantic', () => {
    const many = Array.from({ length: 3_000 }, (_, index) =>
      findingOf({ message: `${index} ${'<&|'.repeat(50_000)}` }),
    );
    const error = findingOf({ severity: 'error', code: 'VALIDATE_DATA_PUBLIC', message: 'open to the internet' });
    const text = render(treeOf({ a: 'x\n' }), treeOf({ a: 'y\n' }), [...many, error]);
    expectWellFormed(text);
    expect(text).toContain('VALIDATE_DATA_PUBLIC');
    expect(text).toMatch(/\d+ findings/);
    expect(text).toContain('+y');
  });

  it('cuts a fence of backticks that is larger than the comment', () => {
    const text = render(treeOf({ a: 'x\n' }), treeOf({ a: `${'`'.repeat(70_000)}\n` }));
    expectWellFormed(text);
    expect(text).toContain(CUT);
  });

  it('keeps summary rows before sections with 5,000 servers', () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `server-${index}`);
    const tree = (text: string) => treeOf(Object.fromEntries(names.map((name) => [name, text])));
    const text = render(tree('x\n'), tree('y\n'), [findingOf()]);
    expectWellFormed(text);
    expect(text).toContain(CUT);
    expect(text).toContain('**5000 of 5000 servers change**');
    expect(text.match(/^\| `server-/gm)?.length).toBeGreaterThan(300);
    expect(text).toContain('VALIDATE_BACKUP_MISSING');
  });

  it('lists as many digests as fit when 5,000 servers stay the same', () => {
    const tree = treeOf(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`server-${index}`, 'x\n'])));
    const text = render(tree, tree);
    expectWellFormed(text);
    expect(text).toContain('**No changes.**');
    expect(text).toContain('unchanged servers');
  });

  const contents: readonly (readonly [string, (size: number) => string])[] = [
    ['plain lines', (size) => Array.from({ length: size }, (_, index) => `key${index}: value\n`).join('')],
    [
      'scattered lines',
      (size) => Array.from({ length: size }, (_, index) => (index % 9 === 0 ? `new${index}\n` : `${index}\n`)).join(''),
    ],
    ['backticks', (size) => Array.from({ length: size }, (_, index) => `${'`'.repeat(index % 70)}\n`).join('')],
    ['tags', (size) => '</details></summary><details>```\n'.repeat(size)],
    ['emoji', (size) => '👩‍🚀🇩🇪é\n'.repeat(size)],
    ['carriage returns', (size) => 'a\r```\r'.repeat(size)],
  ];
  const sizes = [
    [1, 1],
    [1, 5_000],
    [2, 400],
    [7, 90],
    [40, 60],
    [131, 3],
    [500, 20],
  ] as const;

  describe.each(contents)('of %s', (_, content) => {
    it.each(sizes)('stays whole and in its bounds: %i servers with %i lines', (amount, lines) => {
      const names = Array.from({ length: amount }, (_, index) => `s${index}`);
      const before = treeOf(
        Object.fromEntries(
          names.map((name) => [name, Array.from({ length: lines }, (_, index) => `${index}\n`).join('')]),
        ),
      );
      const after = treeOf(Object.fromEntries(names.map((name, index) => [name, content(lines + (index % 3))])));
      const text = render(before, after, [findingOf()]);
      expectWellFormed(text);
      expect(text).not.toContain('No changes');
      const sections = outsideFences(text).match(/<details>/g)?.length ?? 0;
      const isWhole = !text.includes(CUT);
      expect(isWhole && sections !== amount).toBe(false);
      expect(isWhole && /not shown/i.test(outsideFences(text))).toBe(false);
    });
  });
});
