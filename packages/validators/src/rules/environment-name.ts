import { finding } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';

/**
 * An environment has the name of its folder below `environments/`: the path with dashes for slashes, or its last part.
 * A sandbox keeps the name of what it stands for.
 */
export const environmentName: EnvironmentRule = {
  name: 'environment-name',
  check: ({ environment, sources }) => {
    const folder = folderBelow(sources.keyAt(['environment']).file);
    if (environment.sandbox || folder.length === 0) return [];
    const names = [...new Set([folder.join('-'), folder.at(-1) ?? ''])];
    if (names.includes(environment.environment)) return [];
    const facts = { name: environment.environment, folder: folder.join('/'), names };
    return [finding('VALIDATE_ENVIRONMENT_NAME', facts, sources.valueAt(['environment']))];
  },
};

function folderBelow(file: string): readonly string[] {
  const folders = file.split('/').slice(0, -1);
  const index = folders.lastIndexOf('environments');
  return index === -1 ? [] : folders.slice(index + 1);
}
