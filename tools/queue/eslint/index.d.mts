/** The rules of this plugin, and the configurations that use them. */
declare const plugin: {
  meta: { name: string };
  rules: Record<string, object>;
  configs: {
    /** Keeps other code out of the folder of a processor. */
    recommended: {
      name: string;
      files: string[];
      ignores: string[];
      plugins: Record<string, object>;
      rules: Record<string, 'error'>;
    };
  };
};
export default plugin;
