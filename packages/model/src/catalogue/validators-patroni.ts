/** What the rules find in a service whose primary Patroni, a group or the Sentinels decide. Codes are permanent. */
export const patroniFindings = {
  VALIDATE_RTO_TOO_SHORT: {
    severity: 'error',
    title: 'A promise that nothing can keep',
    message: (facts: {
      readonly service: string;
      readonly rto: string;
      readonly floor: string;
      readonly who: string;
      readonly why: string;
    }) =>
      `${facts.service} promises rto: ${facts.rto}, and ${facts.floor} is the shortest with ${facts.who}: ${facts.why}`,
    hint: (facts: { readonly floor: string }) =>
      `write rto: ${facts.floor} or more; a dead database process, and flotilla failover after a proven fence, may take less`,
  },
  VALIDATE_GROUP_SYNCHRONOUS: {
    severity: 'error',
    title: 'A promise about replicas to a group that makes its own',
    message: (facts: { readonly service: string; readonly synchronous: string }) =>
      `${facts.service} has synchronous: ${facts.synchronous} and is a group, where nothing obeys it: a write is acknowledged when the majority of the members has received it, and a minority takes none`,
    hint: () => 'remove synchronous, or write failover: manual',
  },
} as const;
