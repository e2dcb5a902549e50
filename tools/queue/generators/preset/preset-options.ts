/** The options of `nx g @tools/queue:preset` that matter here. `create-nx-workspace` passes all of its own. */
export interface PresetOptions {
  name: string;
  packageManager?: string;
}
