import { SECRET } from './manifests/names';
import type { KubernetesSettings } from './settings';

/**
 * What is left to do by hand, in the order of doing it.
 *
 * @param guide a page of the workspace; undefined: it has none
 */
export function nextSteps(
  directory: string,
  { namespace, applications: { api, worker } }: KubernetesSettings,
  guide?: string,
): string {
  const secrets = [...api, ...worker].filter(({ isSecret }) => isSecret);
  const named = (isRequired: boolean) =>
    [...new Set(secrets.filter(({ required }) => required === isRequired).map(({ name }) => name))]
      .sort()
      .join(', ');
  return `
${directory}/base is kept by nx sync; ${directory}/overlays is yours. Left to do:

  1. Images: set their names and tags in an overlay.
  2. The Secret "${SECRET}" in the namespace ${namespace}, with the variables as keys: ${named(true)}; if needed ${named(false)}.
  3. KEDA in the cluster, 2.19 or newer.
  4. kubectl delete job migrate -n ${namespace} --ignore-not-found && kubectl apply -k ${directory}/overlays/postgres
${guide === undefined ? '' : `\n${guide} says more about each.\n`}`;
}
