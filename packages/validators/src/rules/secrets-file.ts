import type { SourceMap } from '@flotilla/model';

/** Gives the path of the secrets file that belongs to an environment: it stands beside the entry, whatever that extends. */
export function secretsFile(sources: SourceMap): string {
  const { file } = sources.keyAt(['environment']);
  return `${file.slice(0, file.lastIndexOf('/') + 1)}secrets.sops.yaml`;
}
