/** What can fail in cli. Codes are permanent. */
export const cliErrors = {
  CLI_USAGE: {
    title: 'A command was called in a way it does not know',
    message: (facts: { readonly detail: string; readonly command?: string }) => facts.detail,
    hint: (facts: { readonly command?: string }) => `scripts/flotilla ${facts.command ?? 'help'}`,
  },
  CLI_UNKNOWN_ENVIRONMENT: {
    title: 'No such environment',
    message: (facts: { readonly name: string; readonly suggestion?: string; readonly isSandbox: boolean }) =>
      facts.suggestion === undefined
        ? `no environment "${facts.name}"`
        : `no environment "${facts.name}"; did you mean "${facts.suggestion}"?`,
    hint: (facts: { readonly isSandbox: boolean; readonly name: string }) =>
      facts.isSandbox ? `scripts/flotilla up ${facts.name}` : 'scripts/flotilla list',
  },
  CLI_PATH_OUTSIDE: {
    title: 'A path leaves the repository',
    message: (facts: { readonly path: string }) => `${facts.path} is outside of the repository`,
    hint: () => 'name a folder inside the repository',
  },
  CLI_UNKNOWN_REVISION: {
    title: 'Git does not know the revision',
    message: (facts: { readonly revision: string }) => `git knows no commit "${facts.revision}"`,
    hint: () => 'git fetch --all, or name another revision with --base',
  },
  CLI_GIT_FAILED: {
    title: 'Git could not read the base revision',
    message: (facts: { readonly action: string; readonly stderr: string }) =>
      `git ${facts.action} failed: ${facts.stderr}`,
  },
  CLI_OUT_NOT_EMPTY: {
    title: 'The output folder holds something that was not rendered here',
    message: (facts: { readonly path: string }) => `${facts.path} is not empty and was not written by render`,
    hint: () => 'name an empty or a new folder with --out',
  },
  CLI_DRILL_NO_CLIENT: {
    title: 'A drill has no server to write from',
    message: (facts: { readonly service: string; readonly environment: string }) =>
      `every service of ${facts.environment} that uses ${facts.service} runs beside its data`,
    hint: (facts: { readonly service: string }) =>
      `run one that uses ${facts.service} on a server that holds no data of it`,
  },
  CLI_DRILL_NOT_WHOLE: {
    title: 'A service does not become whole again',
    message: (facts: { readonly service: string; readonly states: string }) =>
      `${facts.service} was not whole within 3 minutes: ${facts.states}`,
    hint: () => 'the sandbox was left as it is; scripts/flotilla status <env> --sandbox',
  },
} as const;
