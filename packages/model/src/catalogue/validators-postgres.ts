/** What the rules find in a database: its image, its settings, its memory. Codes are permanent. */
export const postgresFindings = {
  VALIDATE_SETTING_PRESET: {
    severity: 'error',
    title: 'A setting that no configuration sets',
    message: (facts: { readonly setting: string }) =>
      `${facts.setting} belongs to the server or to one transaction; PostgreSQL would refuse it in a configuration`,
    hint: (facts: { readonly setting: string }) =>
      facts.setting.startsWith('transaction_') ? `write default_${facts.setting}` : 'remove it',
  },
  VALIDATE_TUNING_UNIT: {
    severity: 'error',
    title: 'A setting in a unit that PostgreSQL does not know',
    message: (facts: { readonly setting: string; readonly value: string }) =>
      `${facts.setting}: ${facts.value} is no size to PostgreSQL, which would refuse to start`,
    hint: () => 'PostgreSQL knows B, kB, MB, GB and TB, all counted in powers of 1024: write 2GB, not 2GiB',
  },
  VALIDATE_POSTGRES_MEMORY: {
    severity: 'error',
    title: 'A database that plans with more memory than it has',
    message: (facts: { readonly service: string; readonly sum: string; readonly memory: string }) =>
      `${facts.service} may need ${facts.sum}, and has memory: ${facts.memory}: the kernel would kill it under load`,
    hint: () => 'lower shared_buffers, work_mem or max_connections, or raise memory',
  },
} as const;
