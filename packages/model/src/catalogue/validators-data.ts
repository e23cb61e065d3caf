/** What the rules find in a database that could not start, could not fail over, or would promise what it cannot keep. Codes are permanent. */
export const dataFindings = {
  VALIDATE_QUORUM: {
    severity: 'error',
    title: 'Automatic failover without a majority',
    message: (facts: { readonly service: string; readonly voters: number; readonly control: string }) =>
      `${facts.service} has failover: automatic, which needs three or five voters on machines of their own, and has ${facts.voters}: ${facts.voters < 3 ? 'the loss of one could never be outvoted' : 'an even number, or more than five, costs a vote and wins nothing'}`,
    hint: (facts: { readonly control: string }) =>
      facts.control === 'group-replication'
        ? 'name three members in all (primary and two replicas): in a group whoever votes keeps data; or write failover: manual'
        : 'write voters: with three servers (a small one can vote), or failover: manual',
  },
  VALIDATE_GROUP_VOTERS: {
    severity: 'error',
    title: 'Voters of a group that are not its members',
    message: (facts: { readonly service: string; readonly members: readonly string[] }) =>
      `${facts.service} is a group, and its voters are its members: ${facts.members.join(', ')}`,
    hint: () => 'remove voters:, or name the same servers under primary and replicas',
  },
  VALIDATE_FAILOVER_FIELD: {
    severity: 'error',
    title: 'A field of the other way of failing over',
    message: (facts: { readonly service: string; readonly field: string; readonly other: string }) =>
      `${facts.service} has ${facts.field}, which means something with failover: ${facts.other} alone: nobody would do what it promises`,
    hint: (facts: { readonly field: string; readonly other: string }) =>
      `remove ${facts.field}, or write failover: ${facts.other}`,
  },
  VALIDATE_ACKNOWLEDGEMENT_IMPOSSIBLE: {
    severity: 'error',
    title: 'Writes that wait for replicas that do not exist',
    message: (facts: {
      readonly service: string;
      readonly text: string;
      readonly needed: number;
      readonly replicas: readonly string[];
    }) =>
      `${facts.service} has ${facts.text}, which waits for ${facts.needed} ${facts.needed === 1 ? 'replica' : 'replicas'}, and ${facts.replicas.length === 0 ? 'none is' : `only ${facts.replicas.length} ${facts.replicas.length === 1 ? 'is' : 'are'}`} written: it would never be met`,
    hint: (facts: { readonly text: string }) => `name more servers under replicas, or remove ${facts.text}`,
  },
  VALIDATE_REPLICA_STOPS_WRITES: {
    severity: 'warning',
    title: 'The loss of a replica stops writes',
    message: (facts: { readonly service: string; readonly text: string; readonly replicas: readonly string[] }) =>
      `${facts.service} has ${facts.text} and ${facts.replicas.length === 1 ? `one replica, ${facts.replicas[0] ?? ''}` : `just the replicas ${facts.replicas.join(', ')}`}: while ${facts.replicas.length === 1 ? 'it' : 'one of them'} is away, no write is acknowledged`,
    hint: () =>
      'name one more replica, or accept it knowingly: nothing acknowledged is lost, at the price of stopped writes',
  },
  VALIDATE_VARIABLE_IGNORED: {
    severity: 'error',
    title: 'A variable that this image does not read',
    message: (facts: { readonly service: string; readonly variable: string; readonly kind: string }) =>
      `${facts.variable} is a variable of another image than ${facts.kind}'s official one: ${facts.service} would not replicate, or would not have that password, by it`,
    hint: (facts: { readonly variable: string }) =>
      `remove ${facts.variable}: roles follow from primary and replicas, passwords stand in the secrets file`,
  },
  VALIDATE_IMAGE_BITNAMI: {
    severity: 'error',
    title: 'An image of Bitnami',
    message: (facts: { readonly service: string; readonly image: string; readonly kind: string }) =>
      `${facts.service} runs ${facts.image}: its versions were taken from docker.io/bitnami, bitnamilegacy gets no repairs, and it reads other variables, users and paths than the official image, which this is rendered for`,
    hint: (facts: { readonly kind: string }) =>
      `write the official ${facts.kind} with a full version and its digest; existing data are taken over by a dump`,
  },
  VALIDATE_IMAGE_TOO_OLD: {
    severity: 'error',
    title: 'A database that is too old',
    message: (facts: {
      readonly service: string;
      readonly image: string;
      readonly least: string;
      readonly why: string;
    }) => `${facts.service} runs ${facts.image}; ${facts.least} is the first series that ${facts.why}`,
    hint: (facts: { readonly least: string }) => `write ${facts.least} or later`,
  },
  VALIDATE_IMAGE_WITHOUT_PATRONI: {
    severity: 'error',
    title: 'Automatic failover without Patroni in the image',
    message: (facts: { readonly service: string; readonly image: string }) =>
      `${facts.service} has failover: automatic, and ${facts.image} is the official image, which has no Patroni`,
    hint: () => 'build packages/images/patroni on top of it, push it, and write that image; or write failover: manual',
  },
  VALIDATE_NO_REPLICA: {
    severity: 'error',
    title: 'Automatic failover without a replica',
    message: (facts: { readonly service: string }) =>
      `${facts.service} has failover: automatic and no replicas, so nothing can take over`,
    hint: () => 'name at least one server under replicas, or write failover: manual',
  },
  VALIDATE_TWO_VOTERS: {
    severity: 'info',
    title: 'Two servers have no majority when one is gone',
    message: (facts: { readonly service: string; readonly peer: string }) =>
      `with two servers, a dead one leaves no majority: a failover of ${facts.service} needs the proof that ${facts.peer} is stopped or powered off`,
    hint: () => 'add a third server (a small one can vote), or keep power: on both, tried with scripts/flotilla power',
  },
  VALIDATE_POWER_MISSING: {
    severity: 'warning',
    title: 'A database server whose power cannot be cut',
    message: (facts: { readonly server: string; readonly service: string }) =>
      `${facts.server} holds ${facts.service} and has no power: when SSH to it is dead, a failover can only have the other servers cut it off (isolation), and clients elsewhere still reach it`,
    hint: (facts: { readonly server: string }) =>
      `add to ${facts.server}, for a Proxmox guest: power: { qm: <number>, via: <address of its host> }`,
  },
  VALIDATE_DATABASE_IMAGE: {
    severity: 'error',
    title: 'A database with the image of another engine',
    message: (facts: {
      readonly service: string;
      readonly image: string;
      readonly engine: string;
      readonly kind: string;
    }) =>
      `${facts.service} has kind: ${facts.kind}, and ${facts.image} is an image of ${facts.engine}: it could not start`,
    hint: (facts: { readonly kind: string }) =>
      `write an image on the contract of the official ${facts.kind}, with a full version and its digest, or the kind of this one`,
  },
} as const;
