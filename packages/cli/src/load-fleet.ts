import { posix } from 'node:path';

import { engineWrappers } from '@flotilla/guard';
import { compareFindings, parseEnvironment, parseSecrets } from '@flotilla/model';
import type { Environment, Finding, ReadText, SourceMap, Tree } from '@flotilla/model';
import { renderEnvironment } from '@flotilla/renderer';
import { checkTree, inspectEnvironment } from '@flotilla/validators';

/** Name of the encrypted file beside an environment. */
export const SECRETS_FILE = 'secrets.sops.yaml';

/** Where an environment is read from. */
export type FleetInput = {
  /** The environment's file, relative to the repository, `/`-separated. */
  readonly entry: string;
  readonly read: ReadText;
};

/** What an environment declares. */
export type DeclaredFleet = {
  readonly environment: Environment;
  /** Every environment file read, the entry first. */
  readonly files: readonly string[];
  /** Where each value was written. */
  readonly sources: SourceMap;
};

/** A right environment with everything derived from it. */
export type Fleet = DeclaredFleet & {
  readonly tree: Tree;
  /** Name of each entry of the secrets file to the hash of its ciphertext; absent where the file is wrong, and in a sandbox. */
  readonly secretHashes?: Readonly<Record<string, string>>;
  /** Warnings and notes; sorted by place. */
  readonly findings: readonly Finding[];
};

/** What came of an environment: the fleet, or every finding, at least one of them an error; sorted by place. */
export type LoadedFleet =
  | ({ readonly kind: 'loaded' } & Fleet)
  | {
      readonly kind: 'invalid';
      readonly findings: readonly Finding[];
      /** False when these errors kept other rules from being asked: there may be more once they are mended. */
      readonly isComplete: boolean;
    };

/**
 * Gives the fleet of an environment: parsed, checked, rendered, and checked again.
 * @example loadFleet({ entry: 'environments/waybill/environment.yaml', read })
 */
export function loadFleet(input: FleetInput): LoadedFleet {
  const rendered = renderFleet(input);
  if (rendered.kind === 'invalid') return rendered;
  const { findings } = rendered;
  const isWrong = findings.some(({ severity }) => severity === 'error');
  return isWrong ? { kind: 'invalid', findings, isComplete: true } : rendered;
}

/** Gives what an environment declares, without asking any rule. */
export function readEnvironment({ entry, read }: FleetInput) {
  return parseEnvironment({ entry, read });
}

/** Gives the fleet of an environment that can be rendered, even when rules reject it: the base of a comparison stands as it is. */
export function renderFleet({ entry, read }: FleetInput): LoadedFleet {
  const parsed = parseEnvironment({ entry, read });
  const secrets = readSecrets(posix.join(posix.dirname(entry), SECRETS_FILE), read);
  if (parsed.kind === 'invalid') return invalid([...parsed.findings, ...secrets.findings]);
  const { environment, sources, files } = parsed;
  const { findings: ruled, canRender } = inspectEnvironment(environment, sources);
  if (!canRender) return invalid([...ruled, ...secrets.findings]);
  const { hashes } = secrets;
  const tree = renderEnvironment(environment, { secretHashes: hashes ?? {}, wrappers: engineWrappers() });
  // A fleet whose secrets are missing altogether misses every one of them, and one whose file is wrong has findings of it; a sandbox makes its own.
  const isWrong = secrets.findings.length > 0;
  const known = environment.sandbox || isWrong ? {} : { secretHashes: hashes ?? {} };
  const checked = checkTree({ environment, tree, sources, ...known });
  const findings = [...ruled, ...secrets.findings, ...checked].toSorted(compareFindings);
  return { kind: 'loaded', environment, sources, files, tree, ...known, findings };
}

type Secrets = { readonly hashes?: Readonly<Record<string, string>>; readonly findings: readonly Finding[] };

function readSecrets(path: string, read: ReadText): Secrets {
  const text = read(path);
  if (text === undefined) return { findings: [] };
  const parsed = parseSecrets({ path, text });
  return parsed.kind === 'parsed' ? { hashes: parsed.hashes, findings: [] } : { findings: parsed.findings };
}

/** An environment that could not be rendered, so that no rule saw all of it. */
function invalid(findings: readonly Finding[]): LoadedFleet {
  return { kind: 'invalid', findings: findings.toSorted(compareFindings), isComplete: false };
}
