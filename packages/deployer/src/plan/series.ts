import { CONTROL_WORDS, COPY_DATA, DATABASE_KINDS } from '@flotilla/model';
import type { Control, DatabaseKind, ServiceUnit } from '@flotilla/model';

/**
 * Gives the series of versions that share a data directory in both directions, as its engine counts them: `17`, `8.4`, `11.8`, `8`.
 * `undefined` for what is no database and for an image whose tag does not tell.
 */
export function seriesOf({ kind, image }: Pick<ServiceUnit, 'kind' | 'image'>): string | undefined {
  const database = DATABASE_KINDS.find((one) => one === kind);
  if (database === undefined) return undefined;
  const tag = /:v?(\d+)(?:\.(\d+))?[^/]*$/.exec(image.split('@')[0] ?? '');
  if (tag === null) return undefined;
  const [, major = '', minor] = tag;
  if (PARTS[database] === 1) return major;
  return minor === undefined ? undefined : `${major}.${minor}`;
}

/** Gives how data come from one series to another, as a sentence that can be followed. */
export function upgradePath(kind: ServiceUnit['kind'], to: string): string {
  const steps = kind === 'mysql' ? ', one LTS series at a time (from 8.0 by way of 8.4)' : '';
  return `add a service of version ${to} beside it, ${copyOf(kind)}${steps}, then move its clients`;
}

/** Gives how data come under another authority, as a sentence that can be followed. */
export function controlPath(
  kind: ServiceUnit['kind'],
  { from, to }: { readonly from: Control; readonly to: Control },
): string {
  return `keep ${CONTROL_WORDS[from]}; or add a service with ${CONTROL_WORDS[to]} beside it, ${copyOf(kind)}, then move its clients`;
}

/** Gives what is to be feared of an older image in the same series, `undefined` where it is not older or its tag does not tell. */
export function downgradeDoubt(before: Image, after: Image): string | undefined {
  const [from, to] = [versionOf(before), versionOf(after)];
  if (from === undefined || to === undefined || seriesOf(before) !== seriesOf(after)) return undefined;
  if (!isOlder(to, from)) return undefined;
  return (
    `it goes back from ${from.join('.')} to ${to.join('.')}: an older engine may refuse data that a newer one has opened; ` +
    'have a backup, and try it on a replica first'
  );
}

type Image = Pick<ServiceUnit, 'kind' | 'image'>;

function copyOf(kind: ServiceUnit['kind']): string {
  const database = DATABASE_KINDS.find((one) => one === kind);
  return database === undefined ? 'copy the data' : COPY_DATA[database];
}

/** The numbers of a database's tag; only what both tags spell out can be compared. */
function versionOf(image: Image): readonly number[] | undefined {
  if (seriesOf(image) === undefined) return undefined;
  const numbers = /:v?(\d+(?:\.\d+)*)[^/]*$/.exec(image.image.split('@')[0] ?? '')?.[1];
  return numbers?.split('.').map(Number);
}

function isOlder(left: readonly number[], right: readonly number[]): boolean {
  const at = left.findIndex((number, index) => number !== right[index]);
  const [one, other] = [left[at], right[at]];
  return one !== undefined && other !== undefined && one < other;
}

/** How many numbers of a version name its series. */
const PARTS: Readonly<Record<DatabaseKind, 1 | 2>> = { postgres: 1, mysql: 2, mariadb: 2, redis: 1 };
