import { inferenceOptions } from '../../workspace/inferred-targets.cjs';
import { PLUGIN_NAME } from '../../workspace/index';
import { JsonText } from '../plan/json-edits';

type Plugins = Parameters<typeof inferenceOptions>[0];

/** The text of nx.json with the plugin in it: inferred targets, their defaults, and the sync generator. */
export function withPlugin(nxJson: string): string {
  const json = new JsonText(nxJson);
  if (inferenceOptions(json.get([]) as Plugins) === undefined) {
    json.append(['plugins'], `${PLUGIN_NAME}/targets`);
  }
  json.append(['sync', 'globalGenerators'], `${PLUGIN_NAME}:sync`);
  // Nx refuses inputs that it has no name for.
  const inputs = json.get(['namedInputs', 'production']) ? ['production', '^production'] : [];
  json.setDefault(['targetDefaults', `${PLUGIN_NAME}:build`], {
    cache: true,
    inputs: inputs.length > 0 ? inputs : ['default', '^default'],
    outputs: [
      '{options.outputPath}',
      '{workspaceRoot}/dist/{projectRoot}',
      '{workspaceRoot}/dist/reports/{projectName}/bundle.json',
    ],
  });
  json.setDefault(['targetDefaults', `${PLUGIN_NAME}:serve`], { continuous: true });
  return json.text;
}
