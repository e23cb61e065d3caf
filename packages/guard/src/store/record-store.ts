import { join } from 'node:path';

import type { SeenTerm, TermRecord } from '@flotilla/model';

import { readIfPresent, writeAtomically } from './atomic-file.ts';
import { isSeen, parseMemory, parseRecord } from './parse.ts';

/** What a server keeps of one service. */
export type Kept = {
  readonly record: TermRecord | null;
  readonly remembers: Readonly<Record<string, SeenTerm>>;
};

/** Keeps records and memories of peers in the terms folder, one pair of files per service. Writes return when the bytes are on disk. */
export type RecordStore = {
  load(service: string): Kept;
  saveRecord(service: string, record: TermRecord): void;
  saveMemory(service: string, remembers: Readonly<Record<string, SeenTerm>>): void;
};

/**
 * Opens the store in `folder`. A file that cannot be parsed counts as lost: the server then does not vote until it is seeded.
 * @example openRecordStore(paths.terms('waybill')).load('database').record
 */
export function openRecordStore(folder: string): RecordStore {
  const recordPath = (service: string) => join(folder, `${service}.json`);
  const memoryPath = (service: string) => join(folder, `${service}.peers.json`);
  return {
    load: (service) => ({
      record: parseRecord(readJson(recordPath(service))),
      remembers: parseMemory(readJson(memoryPath(service))),
    }),
    saveRecord: (service, record) => writeAtomically(recordPath(service), `${JSON.stringify(record)}\n`),
    saveMemory: (service, remembers) => {
      const kept = Object.fromEntries(Object.entries(remembers).filter(([, seen]) => isSeen(seen)));
      writeAtomically(memoryPath(service), `${JSON.stringify(kept)}\n`);
    },
  };
}

function readJson(path: string): unknown {
  const text = readIfPresent(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
