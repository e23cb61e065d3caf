/** Gives an address and port as one word; IPv6 in brackets. */
export function hostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Gives a single address in CIDR form. */
export function hostCidr(host: string): string {
  return `${host}/${host.includes(':') ? 128 : 32}`;
}

/** Gives a duration as configuration languages write it, in whole milliseconds or seconds. */
export function formatDuration(durationMs: number): string {
  return durationMs % 1000 === 0 ? `${durationMs / 1000}s` : `${durationMs}ms`;
}

/** Gives the first line of each rendered file that allows comments. */
export function headerLine(environment: string, service: string): string {
  return `# Rendered by Flotilla from environment ${environment}, ${service}. A change made here is overwritten by the next deploy.`;
}

/** Gives lines as the text of a file. */
export function joinLines(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}
