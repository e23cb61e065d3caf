/** What the rules find that would harm another server or fleet, or that this version declares and does not do. Codes are permanent. */
export const operationFindings = {
  VALIDATE_ENVIRONMENT_NAME: {
    severity: 'error',
    title: 'An environment with the name of another folder',
    message: (facts: { readonly name: string; readonly folder: string; readonly names: readonly string[] }) =>
      `environments/${facts.folder} calls itself "${facts.name}": were it a copy, two fleets would share the names and paths on their servers`,
    hint: (facts: { readonly names: readonly string[] }) =>
      `write ${facts.names.map((name) => `environment: ${name}`).join(' or ')}, or rename the folder`,
  },
  VALIDATE_DUPLICATE_POWER: {
    severity: 'error',
    title: 'Two servers with one power switch',
    message: (facts: { readonly server: string; readonly other: string; readonly field: string }) =>
      `${facts.server} has the power of ${facts.other}: fencing one of them would cut the other`,
    hint: (facts: { readonly server: string; readonly other: string; readonly field: string }) =>
      `write the ${facts.field} of ${facts.server} itself, or correct that of ${facts.other}`,
  },
  VALIDATE_OPEN_NOT_ENFORCED: {
    severity: 'warning',
    title: 'A port that nothing narrows yet',
    message: (facts: { readonly service: string; readonly port: number; readonly from: readonly string[] }) =>
      `port ${facts.port} of ${facts.service} is open to whoever reaches the server, not to ${facts.from.join(', ')} alone: the rules of the firewall are rendered, and this version does not apply them`,
    hint: (facts: { readonly port: number; readonly from: readonly string[] }) =>
      `admit only ${facts.from.join(', ')} to port ${facts.port} in a firewall in front of the server (Docker goes around the one on it), or remove it from open`,
  },
  VALIDATE_BACKUP_NOT_CARRIED_OUT: {
    severity: 'warning',
    title: 'A backup that is declared and not taken yet',
    message: (facts: { readonly service: string; readonly policy: string }) =>
      `${facts.service} names the backup policy "${facts.policy}", which this version does not carry out: no backup is taken`,
    hint: (facts: { readonly service: string }) =>
      `keep your own backups of ${facts.service} until a version takes them`,
  },
  VALIDATE_EDGE_PORT: {
    severity: 'error',
    title: 'An edge that listens twice on one port',
    message: (facts: {
      readonly service: string;
      readonly port: number;
      readonly field: string;
      readonly other: string;
    }) => `${facts.field} of ${facts.service} is ${facts.port}, which is ${facts.other}: two binds of one port`,
    hint: (facts: { readonly service: string; readonly field: string; readonly other: string }) =>
      `write another ${facts.field} for ${facts.service}; ${facts.other} ${facts.other === 'its own port' ? 'can change as well' : 'cannot be moved'}`,
  },
} as const;
