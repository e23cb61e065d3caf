export type { RenderInputs } from './fleet.ts';
export { renderEnvironment } from './render-environment.ts';
