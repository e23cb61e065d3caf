/** What the rules find in a service whose primary Patroni decides. Codes are permanent. */
export const patroniFindings = {
  VALIDATE_RTO_TOO_SHORT: {
    severity: 'error',
    title: 'A promise that Patroni cannot keep',
    message: (facts: { readonly service: string; readonly rto: string; readonly floor: string }) =>
      `${facts.service} promises rto: ${facts.rto}, and the loss of a server takes Patroni up to ${facts.floor}: it grants no lease under 20 s`,
    hint: (facts: { readonly floor: string }) =>
      `write rto: ${facts.floor} or more; a dead database process, and flotilla failover after a proven fence, take less`,
  },
} as const;
