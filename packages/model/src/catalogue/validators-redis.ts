/** What the rules find in a Redis: its settings, its memory, and what a write is worth. Codes are permanent. */
export const redisFindings = {
  VALIDATE_REDIS_EVICTION: {
    severity: 'warning',
    title: 'A Redis that throws live keys away',
    message: (facts: { readonly service: string; readonly policy: string }) =>
      `${facts.service} has maxmemory-policy ${facts.policy}: when its memory is full, a queue, a session or a lock may vanish without a word`,
    hint: () => 'keep it for a pure cache; else write noeviction, or volatile-lru for keys with an expiry alone',
  },
  VALIDATE_REDIS_MEMORY: {
    severity: 'error',
    title: 'A Redis that may use more memory than it has',
    message: (facts: { readonly service: string; readonly maxmemory: string; readonly memory: string }) =>
      `${facts.service} has maxmemory ${facts.maxmemory} and memory: ${facts.memory}: a fork copies what is written meanwhile, replicas hold buffers, and the kernel would kill it`,
    hint: () => 'leave maxmemory out, and three fifths of memory: are derived; or write at most four fifths of it',
  },
  VALIDATE_REDIS_SPLIT: {
    severity: 'warning',
    title: 'A split may lose any number of writes',
    message: (facts: { readonly service: string }) =>
      `${facts.service} needs no replica for a write: a primary that is cut off goes on acknowledging writes, and all of them are lost when another takes over`,
    hint: () =>
      'name a second replica, and one of them must then confirm; with one alone, its loss would stop every write',
  },
} as const;
