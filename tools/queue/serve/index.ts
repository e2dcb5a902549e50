// What programs that serve several applications at once use: `npm start`.
export { prepare } from './environment';
export { type ServedApp, serveApp } from './serve-app';
export { ServeError } from './serve.error';
export type { ServeAppOptions, ServeListener, ServeOptions, ServedProject } from './serve-options';
