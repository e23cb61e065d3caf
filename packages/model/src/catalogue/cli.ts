/** What can fail in cli. Codes are permanent. */
export const cliErrors = {
  CLI_USAGE: {
    title: 'A command was called in a way it does not know',
    message: (facts: { readonly detail: string }) => facts.detail,
    hint: () => 'scripts/flotilla help',
  },
} as const;
