/** A range of addresses. IPv4 inside IPv6 (`::ffff:…`) counts as IPv4. */
export type Network = { readonly family: 4 | 6; readonly address: bigint; readonly prefix: number };

const MAPPED = 0xffffn;

/** Gives the network of a text such as `192.0.2.0/24` or of a single address; `undefined` when it is neither. */
export function parseNetwork(text: string): Network | undefined {
  const [host = '', length] = text.split('/');
  const v4 = parseIPv4(host);
  if (v4 !== undefined) return network({ family: 4, address: v4, prefix: length === undefined ? 32 : Number(length) });
  const v6 = parseIPv6(host);
  if (v6 === undefined) return undefined;
  const prefix = length === undefined ? 128 : Number(length);
  if (v6 >> 32n === MAPPED && prefix >= 96) {
    return network({ family: 4, address: v6 & 0xffffffffn, prefix: prefix - 96 });
  }
  return network({ family: 6, address: v6, prefix });
}

/** Tells whether every address of `inner` is in `outer`. */
export function contains(outer: Network, inner: Network): boolean {
  if (outer.family !== inner.family || inner.prefix < outer.prefix) return false;
  const shift = BigInt(bits(outer) - outer.prefix);
  return outer.address >> shift === inner.address >> shift;
}

/** Tells whether two addresses are one, however they are spelled. */
export function isSameAddress(left: string, right: string): boolean {
  return addressKey(left) === addressKey(right);
}

/** Gives a text that two spellings of one address share. */
export function addressKey(text: string): string {
  const parsed = parseNetwork(text);
  return parsed === undefined ? text : `${parsed.family}:${parsed.address}`;
}

function bits(of: { readonly family: 4 | 6 }): number {
  return of.family === 4 ? 32 : 128;
}

function network(candidate: Network): Network | undefined {
  return candidate.prefix >= 0 && candidate.prefix <= bits(candidate) ? candidate : undefined;
}

function parseIPv4(text: string): bigint | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

function parseIPv6(text: string): bigint | undefined {
  const [before = '', after, ...rest] = text.split('::');
  if (!text.includes(':') || rest.length > 0) return undefined;
  const head = groups(before);
  const tail = after === undefined ? [] : groups(after);
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (missing < 0 || (after === undefined && missing > 0)) return undefined;
  return [...head, ...Array<bigint>(missing).fill(0n), ...tail].reduce((sum, group) => sum * 0x10000n + group, 0n);
}

function groups(text: string): readonly bigint[] | undefined {
  if (text === '') return [];
  const result: bigint[] = [];
  for (const part of text.split(':')) {
    const embedded = parseIPv4(part);
    if (embedded !== undefined) result.push(embedded >> 16n, embedded & 0xffffn);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) result.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return result;
}
