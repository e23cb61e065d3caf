/** What the rules find in the settings of a MySQL or MariaDB. Codes are permanent. */
export const mysqlFindings = {
  VALIDATE_SETTING_REMOVED: {
    severity: 'error',
    title: 'A setting that MySQL no longer has',
    message: (facts: { readonly service: string; readonly setting: string; readonly instead: string }) =>
      `${facts.setting} of ${facts.service} is gone from MySQL 8.4 or from 9: the server would refuse to start`,
    hint: (facts: { readonly instead: string }) => facts.instead,
  },
} as const;
