/** What can fail in failover. Codes are permanent. */
export const failoverErrors = {
  FAILOVER_UNKNOWN_SERVICE: {
    title: 'No such guarded service',
    message: (facts: { readonly service: string; readonly environment: string; readonly known: readonly string[] }) =>
      `${facts.environment} has no guarded service "${facts.service}"`,
    hint: (facts: { readonly known: readonly string[] }) =>
      facts.known.length === 0 ? 'this environment has none' : `guarded services: ${facts.known.join(', ')}`,
  },
  FAILOVER_NOT_A_MEMBER: {
    title: 'The server holds no data of the service',
    message: (facts: { readonly service: string; readonly server: string; readonly members: readonly string[] }) =>
      `${facts.server} is not a member of ${facts.service}; nothing was changed`,
    hint: (facts: { readonly members: readonly string[] }) => `its members: ${facts.members.join(', ')}`,
  },
  FAILOVER_NO_SERVER: {
    title: 'No server answers this machine',
    message: (facts: { readonly environment: string; readonly detail: string }) =>
      `no server of ${facts.environment} answers this machine, so that nothing is known of it; nothing was changed: ${facts.detail}`,
    hint: () =>
      "check this machine's network or VPN and its key (--identity), or run this from another place: the servers themselves may be well",
  },
  FAILOVER_NEVER_DEPLOYED: {
    title: 'No server knows a term of the service',
    message: (facts: { readonly service: string; readonly environment: string }) =>
      `no reachable server of ${facts.environment} knows who may be primary of ${facts.service}; nothing was changed`,
    hint: (facts: { readonly environment: string }) => `scripts/flotilla deploy ${facts.environment}`,
  },
  FAILOVER_NO_PRIMARY: {
    title: 'A planned switchover needs a healthy primary',
    message: (facts: { readonly service: string; readonly environment: string }) =>
      `${facts.service} has no open primary, so nothing can be handed over; nothing was changed`,
    hint: (facts: { readonly service: string; readonly environment: string }) =>
      `scripts/flotilla failover ${facts.environment} ${facts.service}`,
  },
  FAILOVER_TWO_PRIMARIES: {
    title: 'More than one member is open',
    message: (facts: { readonly service: string; readonly servers: readonly string[] }) =>
      `${facts.service} is open on ${facts.servers.join(' and ')}; nothing was changed`,
    hint: () => 'stop the one that should not be open by hand, then ask for the status again',
  },
  FAILOVER_ALREADY_PRIMARY: {
    title: 'The target is the primary',
    message: (facts: { readonly service: string; readonly server: string }) =>
      `${facts.server} is already the primary of ${facts.service}; nothing was changed`,
  },
  FAILOVER_NO_MAJORITY: {
    title: 'Too few guards answer',
    message: (facts: {
      readonly service: string;
      readonly answered: number;
      readonly needed: number;
      readonly total: number;
    }) =>
      `${facts.answered} of ${facts.total} guards answer and ${facts.needed} must agree on who is primary of ${facts.service}`,
    hint: () => 'bring more servers back; with a proven fence of the old primary, its vote is replaced',
  },
  FAILOVER_TARGET_NOT_STREAMING: {
    title: 'The target does not replicate',
    message: (facts: { readonly service: string; readonly server: string; readonly detail: string }) =>
      `${facts.server} does not stream ${facts.service} from the primary (${facts.detail}); nothing was changed`,
  },
  FAILOVER_TARGET_LAGS: {
    title: 'The target is too far behind',
    message: (facts: { readonly service: string; readonly server: string; readonly lag: string }) =>
      `${facts.server} is ${facts.lag} behind the primary of ${facts.service}; nothing was changed`,
    hint: () => 'wait until it has caught up',
  },
  FAILOVER_TARGET_ERRANT: {
    title: 'The target holds writes that no primary made',
    message: (facts: { readonly service: string; readonly server: string; readonly errant: string }) =>
      `${facts.server} wrote ${facts.errant} of ${facts.service} itself, which its primary lacks; nothing was changed`,
    hint: (facts: { readonly service: string; readonly server: string }) =>
      `flotilla rejoin ENV ${facts.service} ${facts.server} keeps them aside; after the loss of the primary, --to ${facts.server} takes them over`,
  },
  FAILOVER_OTHER_CLUSTER: {
    title: 'The target holds the data of another cluster',
    message: (facts: {
      readonly service: string;
      readonly server: string;
      readonly found?: string;
      readonly expected?: string;
    }) =>
      `${facts.server} does not hold a copy of the primary of ${facts.service}: it holds cluster ${facts.found ?? 'unknown'}, and that is ${facts.expected ?? 'another'}; nothing was changed`,
    hint: () =>
      'its data were made apart from the primary: look where they come from, and choose another target; rejoin keeps them aside and copies the primary',
  },
  FAILOVER_PRIMARY_HEALTHY: {
    title: 'The primary is healthy',
    message: (facts: { readonly service: string; readonly environment: string; readonly server: string }) =>
      `${facts.server} is open as primary of ${facts.service}; a failover could only lose writes; nothing was changed`,
    hint: (facts: { readonly service: string; readonly environment: string }) =>
      `scripts/flotilla switchover ${facts.environment} ${facts.service} --to <server>`,
  },
  FAILOVER_SEEN_BY_OTHERS: {
    title: 'Other servers still see the primary',
    message: (facts: { readonly service: string; readonly server: string; readonly witnesses: readonly string[] }) =>
      `this machine cannot reach ${facts.server}, but ${facts.witnesses.join(', ')} can: it may be well; nothing was changed`,
    hint: (facts: { readonly server: string }) => `check the way from here to ${facts.server}`,
  },
  FAILOVER_TOO_FEW_WITNESSES: {
    title: 'Too few servers tell that the primary is gone',
    message: (facts: {
      readonly service: string;
      readonly server: string;
      readonly witnesses: readonly string[];
      readonly needed: number;
    }) =>
      `this machine cannot reach ${facts.server}, and ${facts.witnesses.length} of ${facts.needed} other servers confirm that; nothing was changed`,
    hint: () => 'bring more servers back: one observer alone cannot tell a dead primary from a broken line',
  },
  FAILOVER_WRONG_SERVER: {
    title: 'A machine is not the server that it should be',
    message: (facts: { readonly service: string; readonly server: string; readonly found: string }) =>
      `at the address of ${facts.server} answers ${facts.found}; nothing of ${facts.service} was changed`,
    hint: (facts: { readonly server: string }) => `compare the address of ${facts.server} with the machine behind it`,
  },
  FAILOVER_QUIET_PERIOD: {
    title: 'A failover was made a short while ago',
    message: (facts: {
      readonly service: string;
      readonly agoSeconds: number;
      readonly quietSeconds: number;
      readonly last: string;
    }) =>
      `${facts.service} was failed over ${facts.agoSeconds} s ago (${facts.last}), and the next ${facts.quietSeconds} s belong to finding out why; nothing was changed`,
    hint: () => 'add --despite-quiet-period when you know why it happens again',
  },
  FAILOVER_TWO_WRITERS: {
    title: 'Not exactly one member takes writes after the change',
    message: (facts: { readonly service: string; readonly to: string; readonly found: string }) =>
      `${facts.to} was opened as primary of ${facts.service}, but the servers do not agree on it: ${facts.found}`,
    hint: () => 'ask for the status at once, and stop whichever member should not be open',
  },
  FAILOVER_LOCK_LOST: {
    title: 'The lock was lost before anything was changed',
    message: (facts: { readonly service: string; readonly servers: readonly string[] }) =>
      `the lock of this command on ${facts.servers.join(', ')} expired or was taken; nothing of ${facts.service} was changed`,
    hint: () => 'see who works on the fleet, then run this again',
  },
  FAILOVER_TARGET_FULL: {
    title: 'The disk of the target is full',
    message: (facts: {
      readonly service: string;
      readonly server: string;
      readonly freeBytes: number;
      readonly neededBytes: number;
    }) =>
      `${facts.server} has ${facts.freeBytes} bytes free for ${facts.service}, and a new primary needs ${facts.neededBytes}; nothing was changed`,
    hint: (facts: { readonly server: string }) => `free space on ${facts.server}, or choose another target with --to`,
  },
  FAILOVER_KEPT_UNKNOWN: {
    title: 'No such kept data',
    message: (facts: { readonly server: string; readonly name: string; readonly known: readonly string[] }) =>
      `${facts.server} keeps no data by the name ${facts.name}; nothing was changed`,
    hint: (facts: { readonly known: readonly string[] }) =>
      facts.known.length === 0 ? 'it keeps none' : `it keeps ${facts.known.join(', ')}`,
  },
  FAILOVER_NO_POWER_ON: {
    title: 'The power cannot be switched on from here',
    message: (facts: { readonly server: string; readonly detail: string }) =>
      `${facts.server} was not switched on: ${facts.detail}; nothing was changed`,
    hint: (facts: { readonly server: string }) => `switch ${facts.server} on by hand and run this again`,
  },
  FAILOVER_NO_CANDIDATE: {
    title: 'Nobody can take over',
    message: (facts: { readonly service: string; readonly environment: string; readonly members: readonly string[] }) =>
      `no member of ${facts.service} can take over: ${facts.members.join('; ')}; nothing was changed`,
    hint: (facts: { readonly environment: string }) =>
      `bring the old primary or one of its replicas back, and look: scripts/flotilla status ${facts.environment}; data of another cluster never take over`,
  },
  FAILOVER_BAD_TARGET: {
    title: 'The target cannot take over',
    message: (facts: { readonly service: string; readonly server: string; readonly members: readonly string[] }) =>
      `${facts.server} cannot take over ${facts.service}: ${facts.members.join('; ')}; nothing was changed`,
    hint: () => 'name a member that can, or leave --to out: the one that holds most takes over',
  },
  FAILOVER_INTERRUPTED: {
    title: 'The command was stopped by a signal',
    message: (facts: {
      readonly command: string;
      readonly service: string;
      readonly environment: string;
      readonly state: string;
    }) => `the ${facts.command} of ${facts.service} was stopped by a signal; ${facts.state}`,
    hint: (facts: { readonly environment: string }) =>
      `scripts/flotilla status ${facts.environment}; every command of the data tier may be run again, and goes on from there`,
  },
  FAILOVER_LOSS_NOT_ACCEPTED: {
    title: 'Acknowledged writes may be lost',
    message: (facts: { readonly service: string; readonly loss: string }) =>
      `failing over ${facts.service} may lose acknowledged writes: ${facts.loss}; nothing was changed`,
    hint: () => 'add --accept-loss to go ahead',
  },
  FAILOVER_NOT_CONFIRMED: {
    title: 'The service name was not confirmed',
    message: (facts: { readonly service: string }) =>
      `the name ${facts.service} was not confirmed; nothing was changed`,
    hint: (facts: { readonly service: string }) => `type ${facts.service} when asked, or pass --yes ${facts.service}`,
  },
  FAILOVER_UNFENCED: {
    title: 'The old primary is not proved to be out',
    message: (facts: { readonly service: string; readonly server: string; readonly tried: string }) =>
      `nothing proves that ${facts.server} cannot write to ${facts.service} any more (${facts.tried}); the service stays closed`,
    hint: (facts: { readonly server: string }) =>
      `cut the power of ${facts.server} and run this again, or override with --unfenced "I know that ${facts.server} is off"`,
  },
  FAILOVER_STOP_NOT_PROVED: {
    title: 'The old primary did not hand over everything',
    message: (facts: {
      readonly service: string;
      readonly from: string;
      readonly to: string;
      readonly detail: string;
      readonly outcome: string;
    }) =>
      `${facts.to} is not proved to hold everything that ${facts.from} wrote to ${facts.service}: ${facts.detail}; ${facts.outcome}`,
  },
  FAILOVER_CLAIM_REFUSED: {
    title: 'Another tool holds a newer term',
    message: (facts: {
      readonly service: string;
      readonly term: number;
      readonly accepted: number;
      readonly needed: number;
      readonly detail: string;
    }) =>
      `term ${facts.term} of ${facts.service} was accepted by ${facts.accepted} of ${facts.needed} needed servers: ${facts.detail}`,
    hint: () => 'look at the status, then run the command again: it resumes or aborts what was begun',
  },
  FAILOVER_PROMOTION_FAILED: {
    title: 'The target did not open',
    message: (facts: { readonly service: string; readonly server: string; readonly detail: string }) =>
      `${facts.server} was not opened as primary of ${facts.service}: ${facts.detail}; the service is closed`,
    hint: () => 'run the command again: it resumes, or choose another target with --to',
  },
  FAILOVER_REJOIN_FAILED: {
    title: 'A member or a voter did not return',
    message: (facts: { readonly service: string; readonly server: string; readonly detail: string }) =>
      `${facts.server} did not return to ${facts.service}: ${facts.detail}`,
  },
  FAILOVER_NO_QUORUM: {
    title: 'Too few vote to let another voter in',
    message: (facts: { readonly service: string; readonly what: string; readonly silent: readonly string[] }) =>
      `no majority of the ${facts.what} of ${facts.service} votes, so that one without its data can be neither taken out nor let in`,
    hint: (facts: { readonly silent: readonly string[] }) =>
      `bring one back that still has its data: ${facts.silent.join(', ')}`,
  },
  FAILOVER_EXPORT_FAILED: {
    title: 'What was kept could not be exported',
    message: (facts: { readonly service: string; readonly server: string; readonly detail: string }) =>
      `what ${facts.server} keeps of ${facts.service} could not be exported: ${facts.detail}; it is kept as it was, and the member follows`,
  },
  FAILOVER_REJOIN_PRIMARY: {
    title: 'The primary is nothing to rejoin',
    message: (facts: { readonly service: string; readonly server: string }) =>
      `${facts.server} is the primary of ${facts.service}; nothing was changed`,
  },
} as const;

/** Codes that say that a command was not begun. */
export type FailoverRefusalCode = Exclude<
  keyof typeof failoverErrors,
  | 'FAILOVER_STOP_NOT_PROVED'
  | 'FAILOVER_PROMOTION_FAILED'
  | 'FAILOVER_REJOIN_FAILED'
  | 'FAILOVER_CLAIM_REFUSED'
  | 'FAILOVER_UNFENCED'
  | 'FAILOVER_TWO_WRITERS'
  | 'FAILOVER_INTERRUPTED'
  | 'FAILOVER_EXPORT_FAILED'
>;
