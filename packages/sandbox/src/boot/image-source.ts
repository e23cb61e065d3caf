/** An image that the engine on this machine holds. */
export type LocalImage = {
  /** Repository in the sandbox's registry. */
  readonly name: string;
  /** Reference on this machine, `<repository>:<tag>`. */
  readonly tag: string;
};

/** The images of one sandbox. */
export type PreparedImages = {
  readonly server: LocalImage;
  readonly registry: LocalImage;
  readonly guard: LocalImage;
  readonly endpoint: LocalImage;
  /** Image reference of the environment to what stands for it. */
  readonly references: ReadonlyMap<string, LocalImage>;
};

/** Where a sandbox gets its images. */
export type ImageSource = {
  /** Builds or finds what the references of an environment need, besides the sandbox's own images. */
  prepare(references: readonly string[]): Promise<PreparedImages>;
};
