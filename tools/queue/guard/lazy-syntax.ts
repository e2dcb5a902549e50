import { importHead } from '../bundle/import-head';
import type { FileRead } from './file-calls';
import { mayReadFiles } from './file-calls';
import type {
  ComputedImport,
  ModuleImport,
  ModuleReExport,
  ModuleSyntax,
  ParsedSyntax,
} from './module-syntax';
import { MAY_CALL, parseModule } from './module-syntax';

/**
 * Whether a text may pass names on, or import a type by a name of its own: only then it matters which names a module
 * imports. Also true for some texts that do neither.
 */
const MAY_RE_EXPORT = /\bexport\s*(?:type\b\s*)?[*{/]/;
const MAY_NAME_TYPES = /[{,/]\s*type\b/;

/** What is in the text of one module. */
export function readModuleSyntax(path: string, text: string): ModuleSyntax {
  return new LazySyntax(path, text);
}

/** Most modules need not be parsed to know what the guard asks of them, and parsing is most of its time. */
class LazySyntax implements ModuleSyntax {
  private parsed: ParsedSyntax | undefined;
  private parsedHead: ParsedSyntax | undefined;

  constructor(
    private readonly path: string,
    private readonly text: string,
  ) {}

  get mayReExport(): boolean {
    return MAY_RE_EXPORT.test(this.text);
  }

  get mayNameTypes(): boolean {
    return MAY_NAME_TYPES.test(this.text);
  }

  get imports(): ModuleImport[] {
    return this.parseHead().imports;
  }

  get reExports(): ModuleReExport[] {
    return this.parseHead().reExports;
  }

  get exports(): Set<string> {
    return this.parse().exports;
  }

  get computed(): ComputedImport[] {
    return MAY_CALL.test(this.text) ? this.parse().computed : [];
  }

  get reads(): FileRead[] {
    return mayReadFiles(this.text) ? this.parse().reads : [];
  }

  /** Enough for imports and re-exports. Calls count only where they stand in the whole of a statement. */
  private parseHead(): ParsedSyntax {
    if (this.parsed !== undefined || MAY_CALL.test(this.text)) return this.parse();
    this.parsedHead ??= parseModule(this.path, importHead(this.text));
    return this.parsedHead;
  }

  private parse(): ParsedSyntax {
    this.parsed ??= parseModule(this.path, this.text);
    return this.parsed;
  }
}
