/** Words of Compose and of other tools, with the keys that mean the same here. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  ports: ['public', 'port'],
  expose: ['port'],
  environment: ['env'],
  depends_on: ['uses'],
  links: ['uses'],
  healthcheck: ['health'],
  mem_limit: ['memory'],
  ram: ['memory'],
  stop_grace_period: ['stopGrace'],
  entrypoint: ['command'],
  server: ['on'],
  address: ['host'],
  ip: ['host'],
  cpu: ['cpus'],
};

/** Gives the known word that somebody most likely meant, or `undefined` when none is near. Ties go to the first. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const synonym = Object.hasOwn(SYNONYMS, word) ? SYNONYMS[word]?.find((name) => known.includes(name)) : undefined;
  if (synonym !== undefined) return synonym;
  const limit = Math.max(1, Math.floor(Math.min(word.length, 12) / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const name of known) {
    const distance = editDistance(word.toLowerCase(), name.toLowerCase(), bestDistance);
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  return best;
}

/** Gives the number of edits (insert, remove, replace, swap neighbours) between two words; `limit` stands for that or more. */
function editDistance(left: string, right: string, limit: number): number {
  if (Math.abs(left.length - right.length) >= limit) return limit;
  let older: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swapped = isSwap ? (older[j - 2] ?? 0) + 1 : replaced;
      next.push(Math.min(replaced, swapped, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    older = row;
    row = next;
  }
  return row[right.length] ?? limit;
}
