/** Where the guard finds the engine of one service on its own server. */
export type EnginePlace = {
  /** Folder shared with the wrapper; holds the engine's socket too. */
  readonly runFolder: string;
  /** Folder with the guard's secret files. */
  readonly secrets: string;
  readonly ownServer: string;
  readonly ownHost: string;
};
