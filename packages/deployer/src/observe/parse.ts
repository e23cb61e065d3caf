import { parseLockOwner, printable } from '@flotilla/exec';
import type { JournalEntry } from '@flotilla/exec';
import { compareText } from '@flotilla/model';
import type { GuardStatus, ServiceUnit } from '@flotilla/model';

import { parseEdgeState } from '../apply/haproxy.ts';
import type { Observation, ObservedContainer, ObservedRelease } from './observation.ts';

type Sections = ReadonlyMap<string, readonly string[]>;

/** Gives what the observe script printed as values, or `undefined` when its output is not whole. */
export function parseObservation(server: string, stdout: string): Observation | undefined {
  const sections = splitSections(stdout);
  if (!sections.has('end')) return undefined;
  const lock = sections.get('lock')?.[0];
  const hold = sections.get('hold')?.[0];
  return {
    kind: 'reached',
    server,
    bootId: sections.get('boot')?.[0] ?? '',
    freeBytes: Number(sections.get('free')?.[0] ?? 0),
    ...(hold === undefined ? {} : { hold: printable(hold) }),
    ...(lock === undefined ? {} : { lock: { owner: parseLockOwner(lock), isExpired: sections.has('lock-expired') } }),
    journal: (sections.get('journal') ?? []).flatMap((line) => parseJson(line, isJournalEntry)),
    releases: parseReleases(sections),
    containers: (sections.get('container') ?? []).flatMap(parseContainer),
    edge: parseEdgeState((sections.get('edge') ?? []).join('\n')),
    guards: parseGuards(sections.get('guard') ?? []),
  };
}

function splitSections(stdout: string): Sections {
  const sections = new Map<string, string[]>();
  for (const line of stdout.split('\n')) {
    const tab = line.indexOf('\t');
    if (tab === -1) continue;
    const name = line.slice(0, tab);
    const known = sections.get(name) ?? [];
    known.push(line.slice(tab + 1));
    sections.set(name, known);
  }
  return sections;
}

function parseReleases(sections: Sections): readonly ObservedRelease[] {
  const applied = pairs(sections.get('applied'));
  const current = pairs(sections.get('current'));
  const failed = pairs(sections.get('failed'));
  const definitions = (sections.get('definition') ?? []).flatMap((line) => parseJson(line, isServiceUnit));
  const services = (sections.get('unit') ?? []).toSorted(compareText);
  return services.map((service) => {
    const definition = definitions.find((unit) => unit.service === service);
    const own = (sections.get('release') ?? []).filter((line) => line.startsWith(`${service} `));
    return {
      service,
      ...optional('applied', applied.get(service)),
      ...optional('current', current.get(service)),
      ...optional('failed', failed.get(service)),
      ...optional('definition', definition),
      releases: own.map((line) => line.slice(service.length + 1)).toSorted(compareText),
    };
  });
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  // A computed key widens to string; it is exactly K here.
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}

function pairs(lines: readonly string[] = []): ReadonlyMap<string, string> {
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));
}

function parseContainer(line: string): readonly ObservedContainer[] {
  return parseJson(line, hasOnlyText).map((fields) => ({
    id: fields['id'] ?? '',
    name: fields['name'] ?? '',
    service: fields['service'] ?? '',
    image: fields['image'] ?? '',
    state: fields['state'] ?? '',
    health: healthIn(fields['status'] ?? ''),
    runHash: fields['runHash'] ?? '',
    secretsHash: fields['secretsHash'] ?? '',
  }));
}

function healthIn(status: string): ObservedContainer['health'] {
  if (status.includes('(healthy)')) return 'healthy';
  if (status.includes('(unhealthy)')) return 'unhealthy';
  return status.includes('(health: starting)') ? 'starting' : 'none';
}

function parseGuards(lines: readonly string[]): Readonly<Record<string, GuardStatus>> {
  const statuses = lines.flatMap((line) => parseJson(line, isGuardStatus));
  return Object.fromEntries(statuses.map((status) => [status.service, status]));
}

/** Gives the one value of a line of JSON, or nothing: what a server stores may be damaged and must not stop a deploy. */
function parseJson<T extends object>(
  line: string,
  isExpected: (value: Record<string, unknown>) => value is Record<string, unknown> & T,
): readonly T[] {
  try {
    const value: unknown = JSON.parse(line);
    // An object of unknown fields is what every non-null object is.
    const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
    return isExpected(record) ? [record] : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

// These three were written by our own programs; the fields that tell them apart are checked, the rest is theirs to keep.
function isJournalEntry(value: Record<string, unknown>): value is Record<string, unknown> & JournalEntry {
  return typeof value['at'] === 'string' && typeof value['run'] === 'number' && typeof value['event'] === 'string';
}

function hasOnlyText(value: Record<string, unknown>): value is Record<string, string> {
  return Object.values(value).every((field) => typeof field === 'string');
}

function isServiceUnit(value: Record<string, unknown>): value is Record<string, unknown> & ServiceUnit {
  const lists = ['drains', 'gates', 'after', 'directories', 'secretEnv', 'secretFiles'];
  return (
    typeof value['service'] === 'string' &&
    typeof value['hash'] === 'string' &&
    lists.every((key) => Array.isArray(value[key]))
  );
}

function isGuardStatus(value: Record<string, unknown>): value is Record<string, unknown> & GuardStatus {
  const isObject = (key: string) => typeof value[key] === 'object' && value[key] !== null;
  return typeof value['service'] === 'string' && isObject('verdict') && isObject('engine') && 'record' in value;
}
