/** What can fail in exec. Codes are permanent. */
export const execErrors = {
  EXEC_TIMEOUT: {
    title: 'A command did not end in time',
    message: (facts: { readonly command: string; readonly timeoutMs: number }) =>
      `${facts.command} did not end within ${facts.timeoutMs} ms`,
  },
  EXEC_UNREACHABLE: {
    title: 'A server does not answer over SSH',
    message: (facts: { readonly server: string; readonly host: string; readonly detail: string }) =>
      `${facts.server} (${facts.host}) does not answer over SSH: ${facts.detail}`,
    hint: (facts: { readonly host: string }) => `ssh flotilla@${facts.host} true`,
  },
  EXEC_REMOTE_FAILED: {
    title: 'A command on a server failed',
    message: (facts: {
      readonly server: string;
      readonly action: string;
      readonly exitCode: number;
      readonly stderr: string;
    }) => `${facts.server}: ${facts.action} failed with exit code ${facts.exitCode}: ${facts.stderr}`,
  },
} as const;
