import { describe, expect, it } from 'vitest';

import { lazyLink } from './link.ts';

/** Opens connections that say their number, and remembers which were ended. `lose` tells that one was lost. */
function opener() {
  const ended: number[] = [];
  const losses: (() => void)[] = [];
  const open = (onLost: () => void) => {
    const number = losses.push(onLost);
    return Promise.resolve({ number, end: () => void ended.push(number) });
  };
  return { ended, open, lose: (number: number) => losses[number - 1]?.() };
}

describe('lazyLink', () => {
  it('connects once for all uses', async () => {
    const link = lazyLink(opener().open);
    expect(await link.use((client) => Promise.resolve(client.number))).toBe(1);
    expect(await link.use((client) => Promise.resolve(client.number))).toBe(1);
  });

  it('ends a connection whose work failed, and connects anew', async () => {
    const { open, ended } = opener();
    const link = lazyLink(open);
    await expect(link.use(() => Promise.reject(new Error('READONLY')))).rejects.toThrow('READONLY');
    expect(await link.use((client) => Promise.resolve(client.number))).toBe(2);
    expect(ended).toEqual([1]);
  });

  it('does not use a connection that was lost in between, and leaves its successor alone', async () => {
    const { open, lose, ended } = opener();
    const link = lazyLink(open);
    await link.use(() => Promise.resolve());
    lose(1);
    expect(await link.use((client) => Promise.resolve(client.number))).toBe(2);
    lose(1);
    expect(await link.use((client) => Promise.resolve(client.number))).toBe(2);
    expect(ended).toEqual([1]);
  });

  it('tries again after a connection that could not be made', async () => {
    let attempts = 0;
    const link = lazyLink(() => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new Error('refused')) : Promise.resolve({ end: () => undefined });
    });
    await expect(link.use(() => Promise.resolve(1))).rejects.toThrow('refused');
    expect(await link.use(() => Promise.resolve(2))).toBe(2);
  });

  it('ends what is open when it is closed', async () => {
    const { open, ended } = opener();
    const link = lazyLink(open);
    await link.use(() => Promise.resolve());
    await link.close();
    expect(ended).toEqual([1]);
  });
});
