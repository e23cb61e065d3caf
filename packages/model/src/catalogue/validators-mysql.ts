/** What the rules find in the settings and the memory of a MySQL or MariaDB. Codes are permanent. */
export const mysqlFindings = {
  VALIDATE_SETTING_REMOVED: {
    severity: 'error',
    title: 'A setting that MySQL no longer has',
    message: (facts: { readonly service: string; readonly setting: string; readonly instead: string }) =>
      `${facts.setting} of ${facts.service} is gone from MySQL 8.4 or from 9: the server would refuse to start`,
    hint: (facts: { readonly instead: string }) => facts.instead,
  },
  VALIDATE_MYSQL_MEMORY: {
    severity: 'error',
    title: 'A MySQL or MariaDB that plans with more memory than it has',
    message: (facts: {
      readonly service: string;
      readonly pool: string;
      readonly memory: string;
      readonly most: string;
      readonly isGroup: boolean;
    }) =>
      `${facts.service} has innodb_buffer_pool_size ${facts.pool} and memory: ${facts.memory}: beside it come its bookkeeping, every connection${facts.isGroup ? ' and the messages that the group keeps' : ''}, and the kernel would kill it under load`,
    hint: (facts: { readonly most: string }) =>
      `leave it out, and half of memory: is derived; or write ${facts.most} at most`,
  },
} as const;
