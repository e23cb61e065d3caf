/** A running PostgreSQL in a container that Flotilla did not make, as its server tells it. */
export type Adoptable = {
  readonly isRunning: boolean;
  readonly restart: string;
  readonly image: string;
  /** Its superuser. */
  readonly user: string;
  /** Folder of its data on the server; empty when no volume holds them. */
  readonly source: string;
  /** Such as 170006; 0 when it could not be asked. */
  readonly version: number;
  readonly isStandby: boolean;
  readonly hasChecksums: boolean;
  /** Its C library is musl, which sorts text otherwise than glibc. */
  readonly isMusl: boolean;
  /** What the declared image says of itself, such as `postgres (PostgreSQL) 17.6`; empty when it could not be run. */
  readonly next: string;
  readonly encodings: readonly string[];
  readonly tablespaces: number;
  readonly preloaded: string;
  readonly sizeBytes: number;
  /** Its log is elsewhere, behind a link. */
  readonly hasLinkedLog: boolean;
  /** The service has data on this server already. */
  readonly isOccupied: boolean;
  /** The data can get their new place by a rename. */
  readonly isRenamable: boolean;
};

/** Reads the lines that a server prints; `undefined` when there is no such container. */
export function parseAdoptable(text: string): Adoptable | undefined {
  if (text.trim() === 'absent') return undefined;
  const values = new Map(
    text.split('\n').map((line) => {
      const cut = line.indexOf(' ');
      return [line.slice(0, cut), line.slice(cut + 1).trim()] as const;
    }),
  );
  const value = (key: string) => values.get(key) ?? '';
  return {
    isRunning: value('running') === 'true',
    restart: value('restart') || 'no',
    image: value('image'),
    user: value('user'),
    source: value('source'),
    version: Number(value('version')),
    isStandby: value('standby') !== 'f',
    hasChecksums: value('checksums') === 'on',
    isMusl: value('build').includes('musl'),
    next: value('next'),
    encodings: value('encodings')
      .split(' ')
      .filter((name) => name !== ''),
    tablespaces: Number(value('tablespaces')),
    preloaded: value('preloaded'),
    sizeBytes: Number(value('kibibytes')) * 1024,
    hasLinkedLog: values.has('linked'),
    isOccupied: values.has('occupied'),
    isRenamable: values.has('renamable'),
  };
}

/** What is declared, and what the other servers say. */
export type AdoptionCircumstances = {
  /** Image of the service in the environment. */
  readonly image: string;
  /** Free bytes of each replica's disk. */
  readonly free: Readonly<Record<string, number>>;
  /** A guard knows a term of the service: it was deployed before. */
  readonly isGuarded: boolean;
};

/** What stands against an adoption, and what a person should know before it; both in words. */
export type AdoptionAdvice = { readonly reasons: readonly string[]; readonly notes: readonly string[] };

/** Judges whether a database can be taken over without copying it. Empty `reasons` mean that it can. */
export function judgeAdoption(found: Adoptable, circumstances: AdoptionCircumstances): AdoptionAdvice {
  return { reasons: [...reasonsOf(found), ...clashes(found, circumstances)], notes: notesOf(found) };
}

function reasonsOf(found: Adoptable): readonly string[] {
  return [
    ...(found.isRunning ? [] : ['it is not running, so that it cannot be asked']),
    ...(found.isRunning && found.version === 0
      ? [`its superuser ${found.user} does not get in over the local socket`]
      : []),
    ...(found.version !== 0 && found.isStandby ? ['it is a standby of another server'] : []),
    ...(found.source === '' ? ['its data are in the container and on no volume'] : []),
    ...(found.tablespaces > 0 ? ['it has tablespaces outside of its data folder'] : []),
    ...(found.hasLinkedLog ? ['its log is behind a link (pg_wal)'] : []),
    ...(found.isOccupied ? ['the service holds data on this server already'] : []),
    ...(found.source === '' || found.isOccupied || found.isRenamable
      ? []
      : ['its data are on another file system than /var/lib/flotilla, where a rename cannot bring them']),
  ];
}

function clashes(found: Adoptable, { image, free, isGuarded }: AdoptionCircumstances): readonly string[] {
  const major = Math.floor(found.version / 10_000);
  const next = /\(PostgreSQL\) (\d+)/.exec(found.next)?.[1];
  const full = Object.entries(free).filter(([, bytes]) => bytes < found.sizeBytes * 1.1);
  return [
    ...(isGuarded ? ['the guards know a term of the service: it was deployed before'] : []),
    ...(next === undefined ? [`the declared image ${image} could not be run`] : []),
    ...(major === 0 || next === undefined || Number(next) === major
      ? []
      : [`it is PostgreSQL ${major}, and the declared image is ${next}`]),
    ...(found.version === 0 || next === undefined || found.isMusl === found.next.includes('musl')
      ? []
      : ['its image and the declared one sort text differently (musl and glibc), which breaks indexes']),
    ...full.map(([server]) => `${server} has no room for a copy of its ${found.sizeBytes} bytes`),
  ];
}

function notesOf(found: Adoptable): readonly string[] {
  const foreign = found.encodings.filter((name) => name !== 'UTF8');
  return [
    ...(found.hasChecksums ? [] : ['its data have no checksums: a damaged page shows only when it is read']),
    ...(foreign.length === 0 ? [] : [`databases in ${foreign.join(', ')} stay as they are`]),
    ...(found.preloaded === ''
      ? []
      : [`it loads ${found.preloaded}; put shared_preload_libraries under tuning: to keep that`]),
  ];
}
