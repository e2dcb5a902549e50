import type { Options, ParserConfig, ReactConfig } from '@swc/core';
import type { CompileSettings, JsxSettings } from './compile-settings';

/** What swc is told for every source file of the workspace, in a bundle as in a spec. */
export function swcOptions(path: string, settings: CompileSettings) {
  const { decorators, decoratorMetadata } = settings;
  return {
    filename: path,
    configFile: false,
    swcrc: false,
    jsc: {
      target: 'es2022',
      keepClassNames: true,
      parser: parserOf(path),
      transform: {
        legacyDecorator: decorators === 'legacy',
        decoratorMetadata,
        ...(decorators === 'standard' ? { decoratorVersion: '2022-03' } : {}),
        useDefineForClassFields: settings.useDefineForClassFields,
        verbatimModuleSyntax: settings.verbatimModuleSyntax,
        react: reactOptions(settings.jsx),
      },
    },
  } as const satisfies Options;
}

function parserOf(path: string): ParserConfig {
  return /ts$|tsx$/.test(path)
    ? { syntax: 'typescript', decorators: true, tsx: path.endsWith('x') }
    : { syntax: 'ecmascript', jsx: path.endsWith('x'), decorators: true };
}

/** swc refuses what belongs to the other runtime. */
function reactOptions({
  runtime,
  development,
  importSource,
  factory,
  fragmentFactory,
}: JsxSettings): ReactConfig {
  return runtime === 'automatic'
    ? { runtime, development, ...(importSource === undefined ? {} : { importSource }) }
    : {
        runtime,
        development,
        ...(factory === undefined ? {} : { pragma: factory }),
        ...(fragmentFactory === undefined ? {} : { pragmaFrag: fragmentFactory }),
      };
}
