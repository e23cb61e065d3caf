import { z } from 'zod';

const SIZE_UNITS = {
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
} as const;
const DURATION_UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const SIZE = /^(\d{1,12}(?:\.\d{1,6})?)(B|KiB|MiB|GiB|TiB|KB|MB|GB|TB)$/;
const DURATION = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/;

const SIZE_EXPECTED = 'expected a size with a unit, such as 512MiB or 2GiB';
const DURATION_EXPECTED = 'expected a duration with a unit, such as 500ms, 3s or 10m';

/** Gives the bytes in a text such as `2GiB` or `100MB`, or `undefined` when it is not a size with a unit. */
export function parseSize(text: string): number | undefined {
  const match = SIZE.exec(text);
  if (!match) return undefined;
  // The pattern admits only the keys of the table.
  return Math.round(Number(match[1]) * SIZE_UNITS[match[2] as keyof typeof SIZE_UNITS]);
}

/** Gives the milliseconds in a text such as `500ms`, `3s` or `10m`, or `undefined` when it is not a duration with a unit. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  if (!match) return undefined;
  // The pattern admits only the keys of the table.
  return Math.round(Number(match[1]) * DURATION_UNITS[match[2] as keyof typeof DURATION_UNITS]);
}

/** Gives a size in the largest binary unit that keeps at most one decimal place: `1536 MiB` reads `1.5 GiB`. */
export function formatSize(sizeBytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = sizeBytes;
  let index = 0;
  while (value >= 1024 && index < units.length - 1) {
    value /= 1024;
    index += 1;
  }
  return `${Number(value.toFixed(1))} ${units[index]}`;
}

/** A size in YAML, such as `2GiB`; a number of bytes once parsed. */
export const sizeSchema = z
  .string({ error: SIZE_EXPECTED })
  .regex(SIZE, { error: SIZE_EXPECTED })
  .transform((text) => parseSize(text) ?? 0)
  .meta({ description: 'A size with a unit: 512MiB, 2GiB, 100MB.' });

/** A duration in YAML, such as `3s`; a number of milliseconds once parsed. */
export const durationSchema = z
  .string({ error: DURATION_EXPECTED })
  .regex(DURATION, { error: DURATION_EXPECTED })
  .transform((text) => parseDuration(text) ?? 0)
  .meta({ description: 'A duration with a unit: 500ms, 3s, 10m, 24h.' });
