import { printDigest } from '../print-digest.ts';

/** What the rules find that would run, and would be unsafe or would not last. Codes are permanent. */
export const safetyFindings = {
  VALIDATE_IMAGE_FLOATING: {
    severity: 'error',
    title: 'An image whose tag moves by design',
    message: (facts: { readonly image: string; readonly why: string }) =>
      `${facts.image} ${facts.why}: what runs after a restart is not what was reviewed`,
    hint: (facts: { readonly image: string }) =>
      `choose a full version, and write it with the digest that this prints: ${printDigest(facts.image)}`,
  },
  VALIDATE_IMAGE_UNPINNED: {
    severity: 'warning',
    title: 'An image without a digest',
    message: (facts: { readonly image: string }) =>
      `${facts.image} has no digest: its tag can be pushed again, and two servers can run different bytes`,
    hint: (facts: { readonly image: string }) => `append the @sha256:… that this prints: ${printDigest(facts.image)}`,
  },
  VALIDATE_IMAGE_UNPINNED_DATA: {
    severity: 'error',
    title: 'An image of a data service without a digest',
    message: (facts: { readonly image: string }) =>
      `${facts.image} keeps data and has no digest: a tag that is pushed again would open the data with other code`,
    hint: (facts: { readonly image: string }) => `append the @sha256:… that this prints: ${printDigest(facts.image)}`,
  },
  VALIDATE_CLEARTEXT_SECRET: {
    severity: 'error',
    title: 'A secret in clear text',
    message: (facts: { readonly entry: string; readonly field: string; readonly file: string; readonly why: string }) =>
      `${facts.field} ${facts.why}; everyone who reads the repository reads it`,
    hint: (facts: { readonly entry: string; readonly file: string }) =>
      `put it under "${facts.entry}" with: sops ${facts.file}, name that entry under secrets: of the service, and change the value, because this one is known`,
  },
  VALIDATE_DATA_PUBLIC: {
    severity: 'error',
    title: 'A database that the internet can reach',
    message: (facts: { readonly service: string; readonly port: number; readonly network: string }) =>
      `port ${facts.port} of ${facts.service} would be open to ${facts.network}`,
    hint: (facts: { readonly service: string }) =>
      `remove it: services that use ${facts.service} reach it anyway; for a person, open it to one narrow network, such as 192.0.2.7/32`,
  },
  VALIDATE_HEALTH_MISSING: {
    severity: 'warning',
    title: 'A routed service without a health check',
    message: (facts: { readonly service: string; readonly edge: string }) =>
      `${facts.edge} routes to ${facts.service}, which has no health check: a broken release would pass and get requests`,
    hint: (facts: { readonly service: string }) => `add to ${facts.service}: health: { http: /health }`,
  },
  VALIDATE_SINGLE_INSTANCE: {
    severity: 'info',
    title: 'A service that runs once',
    message: (facts: {
      readonly field: string;
      readonly service: string;
      readonly server: string;
      readonly loss: string;
    }) => `${facts.service} runs on ${facts.server} alone: ${facts.loss}`,
    hint: (facts: { readonly field: string }) => `name a second server under ${facts.field}`,
  },
  VALIDATE_BACKUP_MISSING: {
    severity: 'warning',
    title: 'A database without a backup',
    message: (facts: { readonly known: readonly string[]; readonly service: string }) =>
      `${facts.service} has no backup: a replica repeats every mistake within milliseconds`,
    hint: (facts: { readonly service: string; readonly known: readonly string[] }) =>
      facts.known.length === 0
        ? `take backups of your own, since this version takes none; what they should be is declared by backups: { nightly: { at: "02:00", keep: { daily: 7 } } } and backup: nightly in ${facts.service}`
        : `take backups of your own, since this version takes none; what they should be is declared by backup: ${facts.known[0] ?? ''} in ${facts.service}`,
  },
  VALIDATE_MEMORY_PROMISED: {
    severity: 'error',
    title: 'More memory promised than a server has',
    message: (facts: {
      readonly largest: string;
      readonly server: string;
      readonly has: string;
      readonly promised: string;
      readonly excess: string;
      readonly sum: string;
    }) =>
      `${facts.server} has ${facts.has} of memory and promises ${facts.promised}, ${facts.excess} too much: ${facts.sum}`,
    hint: (facts: { readonly server: string; readonly largest: string }) =>
      `lower memory of ${facts.largest}, move a service to another server, or give ${facts.server} more memory`,
  },
  VALIDATE_CPUS_PROMISED: {
    severity: 'error',
    title: 'More CPUs promised than a server has',
    message: (facts: {
      readonly largest: string;
      readonly server: string;
      readonly has: number;
      readonly promised: number;
      readonly sum: string;
    }) => `${facts.server} has ${facts.has} CPUs and promises ${facts.promised}: ${facts.sum}`,
    hint: (facts: { readonly server: string; readonly largest: string }) =>
      `lower cpus of ${facts.largest}, or leave it out, which promises none and shares what is free`,
  },
  VALIDATE_PORT_CONFLICT: {
    severity: 'error',
    title: 'One port of a server published twice',
    message: (facts: {
      readonly server: string;
      readonly port: number;
      readonly holders: readonly string[];
      readonly movable: readonly string[];
      readonly fixed: readonly string[];
      readonly isPatroni: boolean;
    }) =>
      `port ${facts.port} of ${facts.server} is published by ${facts.holders.join(' and ')}; the second one cannot start`,
    hint: (facts: {
      readonly port: number;
      readonly movable: readonly string[];
      readonly fixed: readonly string[];
      readonly isPatroni: boolean;
    }) => {
      if (facts.isPatroni)
        return `run them on different servers, or keep the databases of ${facts.fixed.join(' and ')} in one service: Patroni answers at port ${facts.port}, and no setting moves it`;
      const apart = 'run them on different servers';
      const whose = `no setting moves port ${facts.port} of ${facts.fixed.join(' and ')}`;
      if (facts.movable.length === 0) return `${apart}: ${whose}`;
      const change = `change ${facts.movable.join(' or ')}, or ${apart}`;
      return facts.fixed.length === 0 ? change : `${change}: ${whose}`;
    },
  },
  VALIDATE_PORT_RESERVED: {
    severity: 'error',
    title: 'A port that the server needs itself',
    message: (facts: {
      readonly server: string;
      readonly port: number;
      readonly service: string;
      readonly owner: string;
    }) => `${facts.service} publishes port ${facts.port} of ${facts.server}, which belongs to ${facts.owner}`,
    hint: (facts: { readonly service: string }) => `give ${facts.service} another port`,
  },
  VALIDATE_IMAGE_DEFAULT: {
    severity: 'warning',
    title: 'A default image without a digest',
    message: (facts: { readonly unit: string; readonly image: string }) =>
      `${facts.unit} runs the default ${facts.image}, which has no digest: what runs after a restart may not be what was reviewed`,
    hint: (facts: { readonly unit: string; readonly image: string; readonly environment: string }) =>
      facts.unit === 'guard'
        ? `push your own and write it with its digest under images: { guard: … }: scripts/flotilla up ${facts.environment} builds flotilla/guard:HASH, see: docker images flotilla/guard; then docker tag flotilla/guard:HASH REGISTRY/guard:HASH && docker push REGISTRY/guard:HASH, which prints the digest`
        : `write under images: { ${facts.unit}: … } what this prints: ${printDigest(facts.image)}`,
  },
  VALIDATE_SECRET_MISSING: {
    severity: 'error',
    title: 'Secrets without an entry',
    message: (facts: {
      readonly file: string;
      readonly secrets: readonly string[];
      readonly owners: readonly string[];
      readonly loss: string;
    }) =>
      `${facts.owners.join(', ')} ${facts.owners.length === 1 ? 'needs' : 'need'} ${facts.secrets.map((name) => `"${name}"`).join(', ')}, which ${facts.file} does not have: ${facts.loss}`,
    hint: (facts: { readonly secrets: readonly string[]; readonly file: string; readonly isEmpty?: boolean }) =>
      facts.isEmpty === true
        ? `write each as a line "NAME: value": age-keygen -o key.txt (keep it out of the repository), then: sops --age "$(age-keygen -y key.txt)" ${facts.file}`
        : `add ${facts.secrets.map((name) => `"${name}"`).join(', ')} with: sops ${facts.file}`,
  },
} as const;
