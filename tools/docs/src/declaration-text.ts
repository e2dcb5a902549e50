import ts from 'typescript';

const printer = ts.createPrinter({ removeComments: true });

/** A declaration of a `.d.ts` file as importers see it: no comments, no private members, no paths. */
export function declarationText(declaration: ts.Declaration): string {
  const statement = statementOf(declaration);
  const { transformed } = ts.transform(statement, [withoutPrivateParts]);
  return transformed
    .map((node) => printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile()))
    .join('\n')
    .replace(/^(export )?(declare )?/, '');
}

/** What a declaration names in its types. The parameters of constructors are left out: Nest passes them. */
export function namedIn(declaration: ts.Declaration, checker: ts.TypeChecker): ts.Symbol[] {
  const named: ts.Symbol[] = [];
  const visit = (node: ts.Node): void => {
    if (isPrivate(node) || ts.isConstructorDeclaration(node)) return;
    const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    if (symbol !== undefined) named.push(withoutAlias(symbol, checker));
    node.forEachChild(visit);
  };
  visit(declaration);
  return named.filter(({ declarations }) => declarations?.every(isTopLevel));
}

/** What an `import` or `export` of a name stands for. */
export function withoutAlias(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

const withoutPrivateParts: ts.TransformerFactory<ts.Node> = (context) => {
  const visit = (node: ts.Node): ts.Node | undefined => {
    if (isPrivate(node)) return undefined;
    const changed = ts.visitEachChild(node, visit, context);
    // A type without an import: import("../file").Name
    if (ts.isImportTypeNode(changed) && changed.qualifier && !changed.isTypeOf) {
      return context.factory.createTypeReferenceNode(changed.qualifier, changed.typeArguments);
    }
    return changed;
  };
  return (node) => visit(node) ?? node;
};

function isPrivate(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  return (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0;
}

function isTopLevel(declaration: ts.Declaration): boolean {
  return !ts.isSourceFile(declaration) && ts.isSourceFile(statementOf(declaration).parent);
}

/** `const a: string` is a part of a statement, everything else is one. */
function statementOf(declaration: ts.Declaration): ts.Node {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}
