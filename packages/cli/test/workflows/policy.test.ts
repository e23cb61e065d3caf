import { expect, test } from 'vitest';

import { checkPolicy } from './policy.ts';

const pin = 'actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0';
const right = `on:
  push:
permissions: {}
jobs:
  deploy:
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    permissions: { contents: read }
    concurrency: { group: "fleet-\${{ inputs.environment }}", cancel-in-progress: false }
    environment: production
    steps:
      - uses: ${pin}
        with: { persist-credentials: false }
      - run: node scripts/deploy.ts
        env: { SERVER: "\${{ inputs.server }}" }
`;
const without = (part: string | RegExp, replacement = '') => {
  const text = right.replace(part, replacement);
  expect(text).not.toBe(right);
  return checkPolicy(text);
};

test('accepts a workflow that keeps every rule', () => {
  expect(checkPolicy(right)).toEqual([]);
});

test.each<[string, string | RegExp, string]>([
  ['permissions for the whole workflow', 'permissions: {}\n', ''],
  ['permissions that are open', 'permissions: {}', 'permissions: { contents: write }'],
  ['a job without its own permissions', '    permissions: { contents: read }\n', ''],
  ['a job without a timeout', '    timeout-minutes: 10\n', ''],
  ['a tag instead of a commit', pin, 'actions/checkout@v5'],
  ['a commit without its version', ' # v5.0.0', ''],
  ['kept credentials', 'persist-credentials: false', 'fetch-depth: 0'],
  ['an expression in a shell line', 'scripts/deploy.ts', 'scripts/deploy.ts "${{ github.event.head_commit.message }}"'],
  ['a secret for the whole workflow', 'permissions: {}', 'permissions: {}\nenv: { KEY: "${{ secrets.KEY }}" }'],
  ['a group of its own for what changes a fleet', 'fleet-', 'deploy-'],
  ['a deploy that can be cancelled', 'cancel-in-progress: false', 'cancel-in-progress: true'],
  ['a deploy that no environment protects', '    environment: production\n', ''],
])('rejects %s', (_, part, replacement) => {
  expect(without(part, replacement)).toHaveLength(1);
});

test('rejects the code of a pull request where the token may write', () => {
  const head = '{ persist-credentials: false, ref: "${{ github.event.pull_request.head.sha }}" }';
  const text = right.replace('{ persist-credentials: false }', head);
  expect(checkPolicy(text)).toEqual([]);
  expect(checkPolicy(text.replace('push:', 'pull_request_target:'))).toHaveLength(1);
});
