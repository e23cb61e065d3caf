import type { Engine } from '../setting-findings.ts';
import { REDIS_NAMES } from './names.ts';

/** Redis with its settings. */
export const REDIS: Engine & { readonly tag: RegExp } = {
  name: 'Redis',
  known: '8.0',
  tag: /^v?([6-9]\.\d+)(?:[.-]|$)/,
  names: REDIS_NAMES.trim().split(/\s+/),
  docs: (version) => `https://raw.githubusercontent.com/redis/redis/${version}/redis.conf`,
};

const NAMES: ReadonlySet<string> = new Set(REDIS.names);

/** What the modules name that come with Redis 8; only a loaded one knows its own. */
const MODULES = /^(?:bf|cf|search|ts|vset)-/;

/** Tells whether Redis takes a name, as far as is known here. */
export function isKnown(setting: string): boolean {
  return NAMES.has(setting) || MODULES.test(setting);
}
