/** What can fail in deployer. Codes are permanent. */
export const deployerErrors = {
  DEPLOY_LOCK_HELD: {
    title: 'Another tool is changing the fleet',
    message: (facts: {
      readonly server: string;
      readonly holder: string;
      readonly reason: string;
      readonly environment: string;
    }) => `${facts.server} is locked by ${facts.holder} (${facts.reason})`,
    hint: (facts: { readonly environment: string }) => `wait for it, or: scripts/flotilla unlock ${facts.environment}`,
  },
} as const;
