import type { SqlKind } from '@flotilla/model';

import { holding, isBefore, versionIn } from './container.ts';
import type { AdoptionAdvice, AdoptionCircumstances, FoundContainer } from './container.ts';

const NAMES: Readonly<Record<SqlKind, string>> = { mysql: 'MySQL', mariadb: 'MariaDB' };

/** What decides how the data lie on the disk, with the engine's own choice: a server that is told another does not open them. */
const LAYOUT: readonly (readonly [name: string, usual: string])[] = [
  ['lower_case_table_names', '0'],
  ['innodb_page_size', '16384'],
  ['innodb_data_file_path', 'ibdata1:12M:autoextend'],
];

/** Judges what the MySQL family asks for besides. */
export function judgeMysql(kind: SqlKind, found: FoundContainer, around: AdoptionCircumstances): AdoptionAdvice {
  const { isRunning, answers } = found;
  return {
    reasons: [
      ...holding([
        [
          isRunning && !answers.has('version'),
          'root does not get in over its socket with the superuser password of the secrets file, which must be the one that it has',
        ],
      ]),
      ...versionReasons(kind, answers),
      ...contentReasons(answers),
      ...layoutReasons(answers, around),
    ],
    notes: notesOf(kind, answers, around),
  };
}

type Answers = FoundContainer['answers'];

/** Data of a newer release are not opened by an older one, and another series is an upgrade, which is no adoption. */
function versionReasons(kind: SqlKind, answers: Answers): readonly string[] {
  const [now, next] = [versionIn(answers.get('version')), versionIn(answers.get('next'))];
  if (now === undefined || next === undefined) return [];
  const isSame = (answers.get('version')?.includes('MariaDB') ?? false) === (kind === 'mariadb');
  const isOneSeries = now[0] === next[0] && now[1] === next[1];
  return holding([
    [!isSame, `it is ${NAMES[kind === 'mysql' ? 'mariadb' : 'mysql']}, and ${NAMES[kind]} is declared`],
    [
      isSame && !isOneSeries,
      `it is ${NAMES[kind]} ${now.join('.')}, and the declared image is ${next.join('.')}: upgrade it within its own container first`,
    ],
    [
      isSame && isOneSeries && isBefore(next, now),
      `it is ${NAMES[kind]} ${now.join('.')}, and the declared image is an older ${next.join('.')}`,
    ],
  ]);
}

function contentReasons(answers: Answers): readonly string[] {
  return holding([
    [answers.has('upstream'), 'it is a replica of another server'],
    [
      answers.has('foreign'),
      `copies hold tables of InnoDB alone, and it has others: ${answers.get('foreign') ?? ''}; ALTER TABLE … ENGINE = InnoDB first`,
    ],
    [answers.has('encrypted'), 'it has encrypted tablespaces, whose keys would stay behind'],
    [answers.has('elsewhere'), `some of its data are outside of its data folder: ${answers.get('elsewhere') ?? ''}`],
    [answers.has('reserved'), 'it has a database named flotilla, whose name the guard needs'],
    [
      answers.has('persisted'),
      `SET PERSIST wrote ${answers.get('persisted') ?? ''} into its data, which would outrank the deployed files; RESET PERSIST first`,
    ],
  ]);
}

function layoutReasons(answers: Answers, { tuning }: AdoptionCircumstances): readonly string[] {
  return holding(
    LAYOUT.map(([name, usual]) => {
      const now = answers.get(name) ?? usual;
      const declared = String(tuning[name] ?? usual);
      return [now !== declared, `its data were made with ${name} = ${now}; say so under tuning:`];
    }),
  );
}

function notesOf(kind: SqlKind, answers: Answers, { tuning }: AdoptionCircumstances): readonly string[] {
  const set = (answers.get('configured') ?? '').split(' ').filter((name) => name !== '' && !(name in tuning));
  return holding([
    [
      set.length > 0,
      `its files or command line set ${set.join(', ')}; they stay behind: put what should be kept under tuning:`,
    ],
    [
      kind === 'mysql' && answers.has('version') && answers.get('gtid') !== 'ON',
      'it begins to write GTIDs: statements that cannot have one are refused from then on (temporary tables within a transaction are the usual ones)',
    ],
    [
      answers.has('plugins'),
      `it has installed ${answers.get('plugins') ?? ''}; the declared image must bring the same libraries`,
    ],
    [
      answers.has('downstream'),
      `${answers.get('downstream') ?? ''} replicas stream from it; they lose their source and become none of the service`,
    ],
  ]);
}
