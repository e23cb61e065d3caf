import { formatSize } from '@flotilla/model';

/** A running database in a container that Flotilla did not make, as its server tells it. */
export type FoundContainer = {
  readonly isRunning: boolean;
  /** Its restart policy. */
  readonly restart: string;
  readonly image: string;
  /** Folder of its data on the server; empty when no volume holds them. */
  readonly source: string;
  readonly sizeBytes: number;
  /** The service has data on this server already. */
  readonly isOccupied: boolean;
  /** The data can get their new place by a rename. */
  readonly isRenamable: boolean;
  /** What the engine and its declared image say, by names that each engine has of its own; absent where they are silent. */
  readonly answers: ReadonlyMap<string, string>;
};

/** What is declared, and what the other servers say. */
export type AdoptionCircumstances = {
  /** Image of the service in the environment, and its memory limit. */
  readonly image: string;
  readonly memoryBytes: number;
  /** Settings that the environment names. */
  readonly tuning: Readonly<Record<string, string | number | boolean>>;
  /** Databases that it names; a kind without any has none. */
  readonly databases: readonly string[];
  /** Free bytes of each replica's disk. */
  readonly free: Readonly<Record<string, number>>;
  /** A guard knows a term of the service: it was deployed before. */
  readonly isGuarded: boolean;
};

/** What stands against an adoption, and what a person should know before it; both in words. */
export type AdoptionAdvice = { readonly reasons: readonly string[]; readonly notes: readonly string[] };

/** A word of advice that is given when something holds. */
export type Advised = readonly [holds: boolean, words: string];

/** Gives the words of those that hold. */
export function holding(advised: readonly Advised[]): readonly string[] {
  return advised.flatMap(([holds, words]) => (holds ? [words] : []));
}

/** Reads the `key value` lines that a server prints; `undefined` when there is no such container. */
export function readContainer(text: string): FoundContainer | undefined {
  if (text.trim() === 'absent') return undefined;
  const answers = new Map(
    text.split('\n').flatMap((line): readonly (readonly [string, string])[] => {
      const cut = line.indexOf(' ');
      const value = line.slice(cut + 1).trim();
      return cut === -1 || value === '' ? [] : [[line.slice(0, cut), value]];
    }),
  );
  return {
    isRunning: answers.get('running') === 'true',
    restart: answers.get('restart') ?? 'no',
    image: answers.get('image') ?? '',
    source: answers.get('source') ?? '',
    // What an engine may hold in memory alone becomes a file as well.
    sizeBytes: Math.max(Number(answers.get('kibibytes') ?? 0) * 1024, Number(answers.get('unwritten') ?? 0)),
    isOccupied: answers.has('occupied'),
    isRenamable: answers.has('renamable'),
    answers,
  };
}

/** A copy needs as much, and a little more while it is made. */
const COPY_ROOM = 1.1;

/** Judges what is the same for every engine: the container, the place of its data, and the room of the replicas. */
export function judgeContainer(found: FoundContainer, around: AdoptionCircumstances): readonly string[] {
  const full = Object.entries(around.free).filter(([, bytes]) => bytes < found.sizeBytes * COPY_ROOM);
  const isPlaced = found.source !== '';
  return holding([
    [!found.isRunning, 'it is not running, so that it cannot be asked'],
    [found.isRunning && !isPlaced, 'its data are in the container and on no volume'],
    [found.isOccupied, 'the service holds data on this server already'],
    [
      isPlaced && !found.isOccupied && !found.isRenamable,
      'its data are on another file system than /var/lib/flotilla, where a rename cannot bring them',
    ],
    [around.isGuarded, 'the guards know a term of the service: it was deployed before'],
    [!found.answers.has('next'), `the declared image ${around.image} could not be run`],
    ...full.map(([server]): Advised => [
      true,
      `${server} has no room for a copy of its ${formatSize(found.sizeBytes)}`,
    ]),
  ]);
}

/** Gives the numbers of a version such as `8.4.6-debian`, or `undefined` when there is none in the text. */
export function versionIn(text: string | undefined): readonly number[] | undefined {
  const numbers = /(\d+(?:\.\d+)+)/.exec(text ?? '')?.[1];
  return numbers?.split('.').map(Number);
}

/** Whether one version comes before another; a number that is missing counts as 0. */
export function isBefore(left: readonly number[], right: readonly number[]): boolean {
  const at = left.findIndex((number, index) => number !== (right[index] ?? 0));
  return at !== -1 && (left[at] ?? 0) < (right[at] ?? 0);
}
