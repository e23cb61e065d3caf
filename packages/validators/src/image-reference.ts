/** Gives the tag of an image reference, without its digest. The colon of a registry's port is no tag: only one after the last slash is. */
export function tagOf(image: string): string | undefined {
  const name = lastPart(image);
  const colon = name.indexOf(':');
  return colon === -1 ? undefined : name.slice(colon + 1);
}

/** Gives the last part of the repository's name: `postgres` of `registry.example:5000/library/postgres:17.6`. */
export function repositoryName(image: string): string {
  return lastPart(image).split(':')[0] ?? '';
}

/** Gives the parts of an image reference between the slashes, without tag and digest; a registry's address among them. */
export function repositoryPath(image: string): readonly string[] {
  const [reference = ''] = image.split('@');
  return [...reference.split('/').slice(0, -1), repositoryName(image)];
}

function lastPart(image: string): string {
  const [reference = ''] = image.split('@');
  return reference.slice(reference.lastIndexOf('/') + 1);
}

/** Gives the version that an image's tag names, in the first group of a pattern; `undefined` when the tag is of another form. */
export function versionOf(image: string, pattern: RegExp): string | undefined {
  return pattern.exec(tagOf(image) ?? '')?.[1];
}
