/** What can be wrong with the text of an environment. Codes are permanent. */
export const modelFindings = {
  MODEL_UNKNOWN_KEY: {
    severity: 'error',
    title: 'A key that the schema does not know',
    message: (facts: { readonly key: string; readonly parent: string }) =>
      `unknown key "${facts.key}" in ${facts.parent}`,
    hint: (facts: { readonly suggestion?: string; readonly known: readonly string[] }) =>
      facts.suggestion === undefined ? `known keys: ${facts.known.join(', ')}` : `did you mean "${facts.suggestion}"?`,
  },
} as const;
