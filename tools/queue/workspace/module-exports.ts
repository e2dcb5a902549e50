import ts from 'typescript';
import { isExported, unwrap } from './parse-source';

/** The name of `export default`, as one imports it. */
export const DEFAULT = 'default';

/** A name that a file passes on from another: `export { imported as exported } from 'specifier'`. */
export interface ReExport {
  specifier: string;
  /** `*`: every name of the other file, under its own name. */
  imported: string;
  exported: string;
  statement: ts.Statement;
}

/** Under which names each top-level name of a file is exported; `default` last. */
export function exportedNames(source: ts.SourceFile): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const add = (local: string, exported: string) =>
    names.set(local, sorted([...(names.get(local) ?? []), exported]));
  for (const statement of source.statements) {
    if (ts.isVariableStatement(statement) && isExported(statement)) {
      for (const { name } of statement.declarationList.declarations) {
        if (ts.isIdentifier(name)) add(name.text, name.text);
      }
    } else if (ts.isClassDeclaration(statement) && isExported(statement)) {
      const isDefault = statement.modifiers?.some(
        ({ kind }) => kind === ts.SyntaxKind.DefaultKeyword,
      );
      const local = statement.name?.text ?? DEFAULT;
      add(local, isDefault ? DEFAULT : local);
    } else if (ts.isExportAssignment(statement) && !statement.isExportEquals) {
      const exported = unwrap(statement.expression);
      if (ts.isIdentifier(exported)) add(exported.text, DEFAULT);
    } else if (ts.isExportDeclaration(statement) && !statement.moduleSpecifier) {
      for (const { name, propertyName } of namedExports(statement)) {
        add((propertyName ?? name).text, name.text);
      }
    }
  }
  return names;
}

/** What a file passes on from others. */
export function reExports(source: ts.SourceFile): ReExport[] {
  return source.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier, exportClause } = statement;
    if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) return [];
    const specifier = moduleSpecifier.text;
    if (!exportClause) return [{ specifier, imported: '*', exported: '*', statement }];
    return namedExports(statement).map(({ name, propertyName }) => ({
      specifier,
      imported: (propertyName ?? name).text,
      exported: name.text,
      statement,
    }));
  });
}

/** What the top-level constants of a file are set to, by their names. */
export function topLevelValues(source: ts.SourceFile): Map<string, ts.Expression> {
  const values = new Map<string, ts.Expression>();
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      if (ts.isIdentifier(name) && initializer) values.set(name.text, initializer);
    }
  }
  return values;
}

/** What an expression stands for, if that is written in the same file: constants are followed. */
export function valueOf(
  expression: ts.Expression,
  values: ReadonlyMap<string, ts.Expression>,
): ts.Expression {
  let value = unwrap(expression);
  // A constant that is set to itself does not compile, but is parsed.
  for (let steps = 0; steps < 10 && ts.isIdentifier(value); steps++) {
    const next = values.get(value.text);
    if (!next) break;
    value = unwrap(next);
  }
  return value;
}

function namedExports({ exportClause }: ts.ExportDeclaration): readonly ts.ExportSpecifier[] {
  return exportClause && ts.isNamedExports(exportClause) ? [...exportClause.elements] : [];
}

function sorted(exported: string[]): string[] {
  return exported.sort((a, b) => Number(a === DEFAULT) - Number(b === DEFAULT));
}
