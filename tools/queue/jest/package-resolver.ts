import type { SyncResolver } from 'jest-resolve';
import type { PackageCompiler } from './package-compiler';

type ResolverOptions = Parameters<SyncResolver>[1];

/**
 * Finds packages for Jest as the bundler finds them: also those that only `import` finds. What of them Jest
 * cannot load is compiled.
 */
export class PackageResolver {
  constructor(private readonly compiler: PackageCompiler) {}

  resolve(path: string, options: ResolverOptions): string {
    const file = this.find(path, options);
    this.compiler.foresee(file);
    return file;
  }

  private find(path: string, options: ResolverOptions): string {
    try {
      return options.defaultResolver(path, options);
    } catch (error) {
      if (/^[./]/.test(path)) throw error;
      const conditions = (options.conditions ?? []).filter((condition) => condition !== 'require');
      try {
        return options.defaultResolver(path, { ...options, conditions: ['import', ...conditions] });
      } catch {
        throw error;
      }
    }
  }
}
