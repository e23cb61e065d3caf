/** What each package may import of the others; the table of the design, read by the check and by people. */
export const allowedImports: Readonly<Record<string, readonly string[]>> = {
  model: [],
  exec: ['model'],
  renderer: ['model'],
  guard: ['model'],
  validators: ['model', 'exec'],
  deployer: ['model', 'exec'],
  healthchecks: ['model', 'exec'],
  failover: ['model', 'exec'],
  images: ['model', 'exec'],
  sandbox: ['model', 'exec', 'images'],
  cli: [
    'model',
    'exec',
    'renderer',
    'guard',
    'validators',
    'deployer',
    'healthchecks',
    'failover',
    'images',
    'sandbox',
  ],
  // Not a package: the demo and the entry points of the workflows.
  scripts: ['model', 'exec', 'sandbox', 'cli'],
};

/** The one package that starts other programs. */
export const processOwner = 'exec';

const pureFolders = [
  /^packages\/(model|renderer)\/src\//,
  /^packages\/validators\/src\/rules\//,
  /^packages\/[^/]+\/src\/(.+\/)?(plan|policy)\//,
];

/** True for a source file that may read nothing but its arguments. Tests may read their own fixtures. */
export function isPure(path: string): boolean {
  return !path.endsWith('.test.ts') && pureFolders.some((folder) => folder.test(path));
}
