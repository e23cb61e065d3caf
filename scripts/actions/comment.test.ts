import { expect, test } from 'vitest';

import { keepComment } from './comment.ts';

const marker = '<!-- flotilla:diff:shop -->';
const input = { issues: '/repos/example/shop/issues', pullRequest: '7', body: `${marker}\nnew` };
const bot = { login: 'github-actions[bot]' };

function api(comments: readonly object[]) {
  const changes: unknown[] = [];
  const call = async (method: string, path: string, content?: object) => {
    if (method !== 'GET') return changes.push([method, path, content]);
    const page = Number(new URL(path, 'https://api.example.com').searchParams.get('page'));
    return comments.slice((page - 1) * 100, page * 100);
  };
  return { changes, call };
}

test('creates the comment when there is none', async () => {
  const { changes, call } = api([]);
  expect(await keepComment(input, call)).toBe('created');
  expect(changes).toEqual([['POST', '/repos/example/shop/issues/7/comments', { body: input.body }]]);
});

test('finds its comment beyond the first page and brings it up to date', async () => {
  const others = Array.from({ length: 150 }, (_, id) => ({ id, body: 'hello', user: bot }));
  const { changes, call } = api([...others, { id: 777, body: `${marker}\nold`, user: bot }]);
  expect(await keepComment(input, call)).toBe('updated');
  expect(changes).toEqual([['PATCH', '/repos/example/shop/issues/comments/777', { body: input.body }]]);
});

test('leaves an equal comment alone', async () => {
  const { changes, call } = api([{ id: 1, body: input.body, user: bot }]);
  expect(await keepComment(input, call)).toBe('unchanged');
  expect(changes).toEqual([]);
});

test('touches neither the comment of a person with the same marker nor that of another environment', async () => {
  const { changes, call } = api([
    { id: 1, body: input.body, user: { login: 'mallory' } },
    { id: 2, body: '<!-- flotilla:diff:shop2 -->\nnew', user: bot },
  ]);
  expect(await keepComment(input, call)).toBe('created');
  expect(changes).toHaveLength(1);
});

test('refuses a text without a marker', async () => {
  await expect(keepComment({ ...input, body: 'new' }, api([]).call)).rejects.toThrow('marker');
});
