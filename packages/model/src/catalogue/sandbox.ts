/** What can fail in sandbox. Codes are permanent. */
export const sandboxErrors = {
  SANDBOX_BOOT_FAILED: {
    title: 'A sandbox server did not come up',
    message: (facts: { readonly server: string; readonly detail: string }) =>
      `${facts.server} did not come up: ${facts.detail}`,
    hint: (facts: { readonly server: string }) => `docker logs ${facts.server}`,
  },
} as const;
