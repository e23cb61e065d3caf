/** What can keep a command from reaching a fleet. Codes are permanent. */
export const connectionErrors = {
  CLI_NO_IDENTITY: {
    title: 'No key to log in with',
    message: (facts: { readonly environment: string; readonly path: string }) =>
      `there is no private key for ${facts.environment} at ${facts.path}`,
    hint: () => 'pass --identity FILE, or set FLOTILLA_SSH_KEY_FILE',
  },
  CLI_NO_KNOWN_HOSTS: {
    title: 'No host key is pinned',
    message: (facts: { readonly environment: string; readonly path: string }) =>
      `no server of ${facts.environment} has its host key in ${facts.path}, so that none can be told from an impostor`,
    hint: (facts: { readonly environment: string }) =>
      `first contact: scripts/flotilla bootstrap ${facts.environment} --trust-on-first-use`,
  },
  CLI_NO_SECRETS: {
    title: 'The secrets cannot be read',
    message: (facts: { readonly environment: string; readonly path: string; readonly detail: string }) =>
      `the secrets of ${facts.environment} in ${facts.path} cannot be read: ${facts.detail}`,
    hint: () => 'set SOPS_AGE_KEY_FILE to the age key that may decrypt them',
  },
  CLI_NO_SECRET: {
    title: 'A secret has no value',
    message: (facts: { readonly name: string; readonly path: string }) => `${facts.path} has no entry "${facts.name}"`,
    hint: (facts: { readonly name: string; readonly path: string }) => `sops ${facts.path}, and add "${facts.name}"`,
  },
  CLI_UNKNOWN_SERVER: {
    title: 'No such server',
    message: (facts: {
      readonly server: string;
      readonly environment: string;
      readonly known: readonly string[];
      readonly suggestion?: string;
    }) => `${facts.environment} has no server "${facts.server}"; nothing was touched`,
    hint: (facts: { readonly known: readonly string[]; readonly suggestion?: string }) =>
      facts.suggestion === undefined ? `its servers: ${facts.known.join(', ')}` : `did you mean "${facts.suggestion}"?`,
  },
  CLI_NO_HOST_KEY: {
    title: 'A server did not show its host key',
    message: (facts: { readonly server: string; readonly host: string }) =>
      `${facts.server} (${facts.host}) did not show an ed25519 host key`,
    hint: (facts: { readonly host: string }) => `check that SSH answers there: ssh-keyscan -t ed25519 ${facts.host}`,
  },
  CLI_STALE_PLAN: {
    title: 'What would be deployed is not what was reviewed',
    message: (facts: { readonly environment: string; readonly wanted: string; readonly found: string }) =>
      `${facts.environment} renders to ${facts.found}, but ${facts.wanted} was approved; nothing was touched`,
    hint: (facts: { readonly environment: string; readonly found: string }) =>
      `look at it again, then: scripts/flotilla deploy ${facts.environment} --plan ${facts.found}`,
  },
} as const;
