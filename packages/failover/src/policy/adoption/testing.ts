import { readContainer } from './container.ts';
import type { AdoptionCircumstances, FoundContainer } from './container.ts';

/** A fleet that has room for anything. */
export const AROUND: AdoptionCircumstances = {
  image: 'engine:1.0',
  memoryBytes: 2 ** 30,
  tuning: {},
  databases: ['shop'],
  free: { db2: 2 ** 40 },
  isGuarded: false,
};

/** Gives a container that could be taken over, with what its engine answers; a silent answer is the empty text. */
export function foundWith(answers: Readonly<Record<string, string>>): FoundContainer {
  const common = {
    running: 'true',
    restart: 'always',
    image: 'engine:1',
    source: '/srv/data',
    kibibytes: '10',
    renamable: 'yes',
  };
  const lines = Object.entries({ ...common, ...answers }).map(([key, value]) => `${key} ${value}`);
  const found = readContainer(`${lines.join('\n')}\n`);
  if (found === undefined) throw new Error('it is there');
  return found;
}
