import { formatSize, REDIS_KEYS_SHARE } from '@flotilla/model';

import { holding, isBefore, versionIn } from './container.ts';
import type { AdoptionAdvice, AdoptionCircumstances, FoundContainer } from './container.ts';

/** Judges what Redis asks for besides. */
export function judgeRedis({ isRunning, answers }: FoundContainer, around: AdoptionCircumstances): AdoptionAdvice {
  const [now, next] = [versionIn(answers.get('version')), versionIn(answers.get('next'))];
  const usedBytes = Number(answers.get('unwritten') ?? 0);
  const isTold = 'maxmemory' in around.tuning;
  return {
    reasons: holding([
      [
        isRunning && now === undefined,
        'it does not answer on port 6379 to the superuser password of the secrets file, which must be the one that it has',
      ],
      [
        answers.get('name') === 'valkey' && !isValkey(answers.get('next')),
        'it is Valkey, whose data Redis does not read',
      ],
      [answers.has('version') && answers.get('role') !== 'master', 'it is a replica of another server'],
      [answers.get('cluster') === '1', 'it is a node of a cluster'],
      [answers.has('version') && !answers.has('folder'), 'it does not tell where its data are (CONFIG GET dir)'],
      [
        now !== undefined && next !== undefined && isBefore(next.slice(0, 2), now.slice(0, 2)),
        `it is ${now?.join('.') ?? ''}, and the declared image is an older ${next?.join('.') ?? ''}, which does not read its data`,
      ],
      [
        !isTold && usedBytes > around.memoryBytes * REDIS_KEYS_SHARE,
        `it holds ${formatSize(usedBytes)}, and would be allowed ${formatSize(Math.floor(around.memoryBytes * REDIS_KEYS_SHARE))}; raise memory: or set maxmemory under tuning:`,
      ],
      [
        answers.has('room') && Number(answers.get('room')) * 1024 < usedBytes,
        'its disk has no room for the dump that it writes when it stops',
      ],
    ]),
    notes: notesOf(answers, around),
  };
}

function isValkey(version: string | undefined): boolean {
  return version?.startsWith('Valkey') ?? false;
}

function notesOf(answers: FoundContainer['answers'], { tuning }: AdoptionCircumstances): readonly string[] {
  const policy = answers.get('policy') ?? 'noeviction';
  return holding([
    [answers.has('open'), 'it asks for no password; from now on it asks for that of the secrets file'],
    [
      policy !== 'noeviction' && !('maxmemory-policy' in tuning),
      `it evicts keys (${policy}); put maxmemory-policy under tuning: to keep that`,
    ],
    [
      (answers.get('databases') ?? '16') !== '16' && !('databases' in tuning),
      `it has ${answers.get('databases') ?? ''} databases; put databases under tuning: to keep them`,
    ],
    [answers.has('modules'), `it loads ${answers.get('modules') ?? ''}; the declared image must load the same`],
    [answers.has('users'), `its users ${answers.get('users') ?? ''} stay behind: access lists are no data`],
    [answers.has('downstream'), `${answers.get('downstream') ?? ''} replicas stream from it; they lose their primary`],
  ]);
}
