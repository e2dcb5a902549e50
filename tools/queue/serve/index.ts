// What programs that serve several applications at once use: `npm start`.
export { prepare } from '../command/environment';
export { readProjects } from './read-projects';
export { serveApp } from './serve-app';
export { type ServedApp } from './served-app';
export { columnsOf } from '../terminal/columns-of';
export { wrapSentences, wrapWords } from '../terminal/wrap-words.cjs';
export { PluginError } from '../workspace/plugin.error';
export type { ServeAppOptions, ServeListener, ServeOptions, ServedProject } from './serve-options';
