/** What can fail while a running database is taken over. Codes are permanent. */
export const adoptionErrors = {
  FAILOVER_ADOPT_UNSUPPORTED: {
    title: 'A service that decides by itself adopts no database',
    message: (facts: { readonly service: string; readonly what: string; readonly path: string }) =>
      `${facts.service} is ${facts.what}, and only a service with failover: manual can take a running database over; nothing was changed`,
    hint: (facts: { readonly path: string }) => facts.path,
  },
  FAILOVER_ADOPT_REFUSED: {
    title: 'The running database cannot be taken over as it is',
    message: (facts: {
      readonly service: string;
      readonly server: string;
      readonly container: string;
      readonly reasons: readonly string[];
    }) =>
      `${facts.container} on ${facts.server} cannot become ${facts.service}: ${facts.reasons.join('; ')}; nothing was changed`,
  },
  FAILOVER_ADOPT_FAILED: {
    title: 'The running database was not taken over',
    message: (facts: {
      readonly service: string;
      readonly server: string;
      readonly container: string;
      readonly detail: string;
    }) => `${facts.container} on ${facts.server} did not become ${facts.service}: ${facts.detail}`,
    hint: (facts: { readonly server: string; readonly container: string }) =>
      `on ${facts.server}, look whether it runs: docker ps --filter name=${facts.container}`,
  },
} as const;
