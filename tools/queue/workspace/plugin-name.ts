/** The name of this package: what stands before the colon in `nx g <name>:processor`. */
export const PLUGIN_NAME = '@tools/queue';
