/** What can fail in exec. Codes are permanent. */
export const execErrors = {
  EXEC_TIMEOUT: {
    title: 'A command did not end in time',
    message: (facts: { readonly command: string; readonly timeoutMs: number }) =>
      `${facts.command} did not end within ${facts.timeoutMs} ms`,
  },
} as const;
