/** Gives one JSON object on one line; positions beyond 2^53 are decimal texts. */
export function toJson(value: object): string {
  return `${JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? String(each) : each))}\n`;
}
