export interface KubernetesOptions {
  directory?: string;
  namespace?: string;
  api?: string;
  /** Names of workers, separated by commas. */
  split?: string;
  maxReplicas?: number;
  force?: boolean;
  skipFormat?: boolean;
}
