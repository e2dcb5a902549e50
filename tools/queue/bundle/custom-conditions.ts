import { parseTsconfig } from 'get-tsconfig';

/**
 * The option of esbuild for the `customConditions` of a tsconfig: in workspaces whose projects are packages, one of them leads
 * from a package to its sources. esbuild does not read them there, and adds `module` only if no condition is passed.
 */
export function customConditions(tsconfig: string): { conditions?: string[] } {
  const { customConditions: conditions = [] } = parseTsconfig(tsconfig).compilerOptions ?? {};
  return conditions.length === 0 ? {} : { conditions: [...conditions, 'module'] };
}
