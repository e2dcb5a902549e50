/** The options of `nx g @tools/queue:init`, as schema.json describes them. */
export interface InitOptions {
  api?: string;
  worker?: string;
  jobs?: string;
  skipFormat?: boolean;
}

/** The answer that leaves a part out. */
export const NONE = 'none';
