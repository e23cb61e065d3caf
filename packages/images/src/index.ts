export { buildImages } from './build.ts';
export type { BuildOptions, BuildProgress, BuiltImage } from './build.ts';
export { DEFAULT_RELEASE, imageFor, tagOf } from './names.ts';
export type { ImageName, ImageRequest, LedgerRelease, WaybillRelease } from './names.ts';
export { canPull } from './rootfs.ts';
