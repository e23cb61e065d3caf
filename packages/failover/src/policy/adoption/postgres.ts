import { holding } from './container.ts';
import type { AdoptionAdvice, AdoptionCircumstances, FoundContainer } from './container.ts';

type Answers = FoundContainer['answers'];

/** Judges what PostgreSQL asks for besides. Silence about being a standby counts as one. */
export function judgePostgres({ isRunning, answers }: FoundContainer, around: AdoptionCircumstances): AdoptionAdvice {
  const isKnown = versionOf(answers) !== 0;
  const user = answers.get('user') ?? '';
  return {
    reasons: [
      ...holding([
        [isRunning && !isKnown, `its superuser ${user} does not get in over the local socket`],
        [isKnown && answers.get('standby') !== 'f', 'it is a standby of another server'],
        [Number(answers.get('tablespaces') ?? 0) > 0, 'it has tablespaces outside of its data folder'],
        [answers.has('linked'), 'its log is behind a link (pg_wal)'],
      ]),
      ...(isKnown ? imageReasons(answers) : []),
    ],
    notes: isKnown ? [...dataNotes(answers), ...accessNotes(answers, around), ...settingNotes(answers, around)] : [],
  };
}

/** Such as 170006; 0 when it could not be asked. */
function versionOf(answers: Answers): number {
  return Number(answers.get('version') ?? 0);
}

function imageReasons(answers: Answers): readonly string[] {
  const major = Math.floor(versionOf(answers) / 10_000);
  const next = answers.get('next');
  const nextMajor = /\(PostgreSQL\) (\d+)/.exec(next ?? '')?.[1];
  if (next === undefined || nextMajor === undefined) return [];
  const isMusl = answers.get('build')?.includes('musl') ?? false;
  const offered = words(answers.get('offered'));
  const missing = words(answers.get('extensions')).filter((name) => !offered.includes(name));
  return holding([
    [Number(nextMajor) !== major, `it is PostgreSQL ${major}, and the declared image is ${nextMajor}`],
    [
      isMusl !== next.includes('musl'),
      'its image and the declared one sort text differently (musl and glibc), which breaks indexes',
    ],
    [
      offered.length > 0 && missing.length > 0,
      `the declared image has not the extensions that its databases use: ${missing.join(', ')}`,
    ],
  ]);
}

function dataNotes(answers: Answers): readonly string[] {
  const foreign = words(answers.get('encodings')).filter((name) => name !== 'UTF8');
  return holding([
    [answers.get('checksums') !== 'on', 'its data have no checksums: a damaged page shows only when it is read'],
    [foreign.length > 0, `databases in ${foreign.join(', ')} stay as they are`],
  ]);
}

function accessNotes(answers: Answers, { databases }: AdoptionCircumstances): readonly string[] {
  const md5 = words(answers.get('md5'));
  const superowned = words(answers.get('superowned')).filter((name) => databases.includes(name));
  return holding([
    [
      md5.length > 0,
      `the passwords of ${md5.join(', ')} are kept as MD5 and get nobody in from then on: set them anew before, under password_encryption = 'scram-sha-256'`,
    ],
    [
      superowned.length > 0 && versionOf(answers) < 160_000,
      `${superowned.join(', ')} belongs to a superuser, so that its clients, who log in by its name, get no rights on its tables by themselves; grant them`,
    ],
  ]);
}

function settingNotes(answers: Answers, { tuning }: AdoptionCircumstances): readonly string[] {
  const preloaded = answers.get('preloaded') ?? '';
  const altered = words(answers.get('altered'));
  return holding([
    [
      preloaded !== '' && !('shared_preload_libraries' in tuning),
      `it loads ${preloaded}; put shared_preload_libraries under tuning: to keep that`,
    ],
    [
      altered.length > 0,
      `ALTER SYSTEM set ${altered.join(', ')}, which stays in its data and outranks tuning:; ALTER SYSTEM RESET what should not`,
    ],
  ]);
}

function words(text: string | undefined): readonly string[] {
  return (text ?? '').split(' ').filter((word) => word !== '');
}
