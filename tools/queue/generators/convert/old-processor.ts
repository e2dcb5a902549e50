import ts from 'typescript';
import { type Declarations, nodesOf } from './declarations';
import type { OldProcessor } from './read-queues';

export function methodOf(
  node: ts.ClassDeclaration,
  name: string,
): ts.MethodDeclaration | undefined {
  return node.members
    .filter(ts.isMethodDeclaration)
    .find((member) => member.name.getText() === name);
}

/** The parameter of a method with the type `Job`, or the first one of `process`. */
export function parameterOfJob(method: ts.MethodDeclaration): ts.ParameterDeclaration | undefined {
  const typed = method.parameters.find(
    ({ type }) => type && ts.isTypeReferenceNode(type) && type.typeName.getText() === 'Job',
  );
  return typed ?? (method.name.getText() === 'process' ? method.parameters[0] : undefined);
}

/** An expression that the name of a job is compared with, and the string that it stands for. */
export interface ComparedName {
  node: ts.Expression;
  name: string;
}

/**
 * Whether a node is where no name is left: in the `default` of `switch (job.name)`, or in a `throw` behind the last comparison. TypeScript
 * knows that too, and gives the data the type `never` there.
 *
 * @param names all that the contract has
 */
export function isBehindAllNames(
  node: ts.Node,
  compared: readonly ComparedName[],
  names: readonly string[],
): boolean {
  if (!names.every((name) => compared.some((one) => one.name === name))) return false;
  const isBehind = compared.every((one) => one.node.getEnd() < node.getStart());
  let isThrown = false;
  for (let around = node; !ts.isMethodDeclaration(around); around = around.parent) {
    if (ts.isDefaultClause(around)) return true;
    if (ts.isCaseClause(around) || ts.isSourceFile(around)) return false;
    isThrown ||= ts.isThrowStatement(around);
  }
  return isThrown && isBehind;
}

/** What runs for the jobs of a name: `case 'welcome':`, or the statement behind `if (job.name === 'welcome')`. */
export function branchOf({ node }: ComparedName): ts.Node | undefined {
  const { parent } = node;
  if (ts.isCaseClause(parent)) return parent;
  if (!ts.isBinaryExpression(parent) || parent.operatorToken.getText().startsWith('!')) {
    return undefined;
  }
  let around: ts.Node = parent;
  while (ts.isExpression(around)) around = around.parent;
  return ts.isIfStatement(around) ? around.thenStatement : undefined;
}

/** The types that the data of the job is taken for: `job.data as Mail`, `const mail: Mail = job.data`, `this.send(job.data)`. */
export function typesOfData(within: ts.Node, owner: ts.ClassDeclaration): ts.TypeNode[] {
  return [...nodesOf(within)].flatMap((node) => {
    const isData =
      ts.isPropertyAccessExpression(node) &&
      node.name.text === 'data' &&
      ts.isIdentifier(node.expression);
    if (!isData) return [];
    const { parent } = node;
    if (ts.isAsExpression(parent)) return [parent.type];
    if (ts.isVariableDeclaration(parent)) return parent.type ?? [];
    if (!ts.isCallExpression(parent) || !ts.isPropertyAccessExpression(parent.expression))
      return [];
    const { expression, name } = parent.expression;
    if (expression.kind !== ts.SyntaxKind.ThisKeyword) return [];
    return methodOf(owner, name.text)?.parameters[parent.arguments.indexOf(node)]?.type ?? [];
  });
}

/** What a processor tells its jobs apart by: `case 'welcome':` and `job.name === 'welcome'`. */
export function comparedNames(
  { node, file }: OldProcessor,
  declarations: Declarations,
): ComparedName[] {
  const process = methodOf(node, 'process');
  if (!process) return [];
  const isName = nameTest(process);
  return [...nodesOf(process)].flatMap((inner) =>
    comparedIn(inner, isName).flatMap((expression) => {
      const name = declarations.stringOf(expression, file);
      return name === undefined ? [] : [{ node: expression, name }];
    }),
  );
}

function comparedIn(node: ts.Node, isName: (side: ts.Expression) => boolean): ts.Expression[] {
  if (ts.isSwitchStatement(node) && isName(node.expression)) {
    return node.caseBlock.clauses.filter(ts.isCaseClause).map(({ expression }) => expression);
  }
  if (!ts.isBinaryExpression(node) || !/^[=!]==?$/.test(node.operatorToken.getText())) return [];
  const sides = [node.left, node.right];
  return sides.some(isName) ? sides.filter((side) => !isName(side)) : [];
}

/** `job.name`, or `name` where it was taken out of the job. */
function nameTest(process: ts.MethodDeclaration): (side: ts.Expression) => boolean {
  const takesName = [...nodesOf(process)].some(
    (node) => ts.isBindingElement(node) && node.name.getText() === 'name',
  );
  return (side) =>
    ts.isIdentifier(side)
      ? takesName && side.text === 'name'
      : ts.isPropertyAccessExpression(side) &&
        side.name.text === 'name' &&
        ts.isIdentifier(side.expression);
}
