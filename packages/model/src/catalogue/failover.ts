/** What can fail in failover. Codes are permanent. */
export const failoverErrors = {
  FAILOVER_UNKNOWN_SERVICE: {
    title: 'No such guarded service',
    message: (facts: { readonly service: string; readonly environment: string }) =>
      `${facts.environment} has no guarded service ${facts.service}`,
  },
} as const;
