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
