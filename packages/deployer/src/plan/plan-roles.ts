/** Who has which role in the fleet, as observed. */
export type RolesSeen = {
  /** Who is primary of which guarded service now; the preferred one counts where it is not known. */
  readonly primaries?: Readonly<Record<string, string>>;
  /** Members of each guarded service that stream from its primary. */
  readonly standbys?: Readonly<Record<string, readonly string[]>>;
  /** Guarded services that are open nowhere although they were deployed before. */
  readonly closed?: readonly string[];
};

/** Tells whether a member streams from the primary. */
export function isStandby({ standbys }: RolesSeen, service: string, server: string): boolean {
  return standbys?.[service]?.includes(server) ?? false;
}
