/** Gives the command that prints an image with its digest; a plain engine is enough for it. */
export function printDigest(image: string): string {
  return `docker pull ${image} && docker image inspect -f '{{index .RepoDigests 0}}' ${image}`;
}
