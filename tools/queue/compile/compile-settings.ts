import type { TsConfigJsonResolved } from 'get-tsconfig';

/** How the files of a project are compiled: what its tsconfig says and changes what a program does. */
export interface CompileSettings {
  /** `legacy` are those of `experimentalDecorators`, which Nest and TypeORM are written for. */
  decorators: 'legacy' | 'standard';
  /** Whether decorators can read the types of parameters and properties. */
  decoratorMetadata: boolean;
  /** Whether a field without a value exists, as `undefined`, and hides a setter of the base class. */
  useDefineForClassFields: boolean;
  /** Whether an import stays that only types are taken from. */
  verbatimModuleSyntax: boolean;
  jsx: JsxSettings;
}

export interface JsxSettings {
  /** `automatic` imports what it needs from `importSource`; `classic` calls `factory`, which the file imports. */
  runtime: 'automatic' | 'classic';
  development: boolean;
  importSource: string | undefined;
  factory: string | undefined;
  fragmentFactory: string | undefined;
}

type CompilerOptions = NonNullable<TsConfigJsonResolved['compilerOptions']>;

/** Targets without class fields: `useDefineForClassFields` is off by default. */
const BEFORE_CLASS_FIELDS = /^es(?:3|5|6|20(?:1[5-9]|2[01]))$/i;

/** Derives the settings from `compilerOptions`, with TypeScript's own defaults. */
export function compileSettings(options: CompilerOptions = {}): CompileSettings {
  const { experimentalDecorators = false, emitDecoratorMetadata = false, target = '' } = options;
  return {
    decorators: experimentalDecorators ? 'legacy' : 'standard',
    decoratorMetadata: experimentalDecorators && emitDecoratorMetadata,
    useDefineForClassFields: options.useDefineForClassFields ?? !BEFORE_CLASS_FIELDS.test(target),
    verbatimModuleSyntax: options.verbatimModuleSyntax ?? false,
    jsx: {
      // "preserve" leaves JSX to the next tool, which is this one; and without "jsx" there is no choice to keep to.
      runtime: options.jsx === 'react' ? 'classic' : 'automatic',
      development: options.jsx === 'react-jsxdev',
      importSource: options.jsxImportSource,
      factory: options.jsxFactory,
      fragmentFactory: options.jsxFragmentFactory,
    },
  };
}
