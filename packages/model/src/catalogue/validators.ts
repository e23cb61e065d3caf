/** What the rules find. Codes are permanent. */
export const validatorFindings = {} as const;
