import ts from 'typescript';
import { lineOf } from '../../workspace/parse-source';
import type { TextEdit } from '../plan/text-edits';
import { nodesOf } from './declarations';
import {
  branchOf,
  type ComparedName,
  isBehindAllNames,
  methodOf,
  parameterOfJob,
} from './old-processor';
import type { Note } from './read-queues';

/** What a class of @nestjs/bullmq reads of its job, and where the runtime has it. */
const MOVED = new Map([
  ['log', 'log'],
  ['updateProgress', 'progress'],
]);

export interface JobUses {
  file: string;
  constant: string;
  /** Whether jobs of several names are told apart by `data.name`. */
  hasNames: boolean;
  /** The names that the contract has, if there are several. */
  names: readonly string[];
  /** What `job.name` is compared with. */
  compared: readonly ComparedName[];
}

/** Edits that give `process`, and the methods that it passes its job to, a `JobContext` in place of BullMQ's job. */
export class JobRewriter {
  readonly edits: TextEdit[] = [];
  readonly notes: Note[] = [];
  private readonly type: string;

  constructor(
    private readonly owner: ts.ClassDeclaration,
    private readonly uses: JobUses,
  ) {
    this.type = `JobContext<typeof ${uses.constant}>`;
  }

  /** @returns whether there is a `process` */
  rewrite(): boolean {
    const process = methodOf(this.owner, 'process');
    if (!process) return false;
    if (this.uses.hasNames) {
      // By a literal, as the contract has it: a member of an enum would be another type.
      for (const { node, name } of this.uses.compared) this.replace(node, quoted(name));
    }
    this.replace(process.name, 'handle');
    if (process.type)
      this.replace(process.type, `Promise<JobReturn<typeof ${this.uses.constant}>>`);
    const parameter = process.parameters[0];
    if (parameter) this.rewriteProcess(process, parameter);
    const [, second] = process.parameters;
    if (second)
      this.note(
        second,
        'The token is not passed any more: the runtime moves and retries jobs itself.',
      );
    return true;
  }

  private rewriteProcess(process: ts.MethodDeclaration, parameter: ts.ParameterDeclaration): void {
    const last = process.parameters.at(-1) ?? parameter;
    const { name } = parameter;
    const range = { start: parameter.getStart(), end: last.getEnd() };
    if (ts.isObjectBindingPattern(name)) {
      this.edits.push({ ...range, text: `${this.pattern(name)}: ${this.type}` });
      return;
    }
    this.edits.push({ ...range, text: `context: ${this.type}` });
    this.rewriteUses(
      process,
      name.getText(),
      'context',
      this.uses.hasNames ? 'context.data.data' : 'context.data',
    );
  }

  /** `{ data, id }` of a job is `{ data, job: { id } }` of a context. */
  private pattern({ elements }: ts.ObjectBindingPattern): string {
    const keyOf = ({ propertyName, name }: ts.BindingElement): string =>
      (propertyName ?? name).getText();
    const own = elements.filter((element) => keyOf(element) === 'data' || keyOf(element) === 'log');
    const named = this.uses.hasNames ? elements.filter((element) => keyOf(element) === 'name') : [];
    const others = elements.filter((element) => !own.includes(element) && !named.includes(element));
    const inData = [...named, ...own.filter((element) => keyOf(element) === 'data')];
    const parts = this.uses.hasNames
      ? [
          ...(inData.length > 0 ? [`data: { ${textOf(inData)} }`] : []),
          ...own.filter((element) => !inData.includes(element)).map((element) => element.getText()),
        ]
      : own.map((element) => element.getText());
    return `{ ${[...parts, ...(others.length > 0 ? [`job: { ${textOf(others)} }`] : [])].join(', ')} }`;
  }

  private rewriteUses(
    method: ts.MethodDeclaration,
    job: string,
    context: string,
    data: string,
  ): void {
    if (!method.body) return;
    for (const node of nodesOf(method.body)) {
      if (!ts.isIdentifier(node) || node.text !== job || !isReference(node)) continue;
      const whole = withCasts(node);
      const { parent } = whole;
      if (ts.isPropertyAccessExpression(parent) && parent.expression === whole) {
        const { names, compared } = this.uses;
        const isNameless = parent.name.text === 'name' && isBehindAllNames(node, compared, names);
        this.replace(
          parent,
          isNameless ? `${context}.job.name` : this.member(parent.name.text, context, data),
        );
      } else if (ts.isVariableDeclaration(parent) && ts.isObjectBindingPattern(parent.name)) {
        this.replace(whole, this.members(parent.name, context, data));
      } else if (!this.rewriteCall(whole, parent, context, data)) {
        this.replace(whole, `${context}.job`);
        this.note(
          node,
          "Passes the job on: BullMQ's job is context.job, and its data is not checked. Pass context.data.",
        );
      }
    }
  }

  /** What `const { data, id } = job` takes its values from. */
  private members({ elements }: ts.ObjectBindingPattern, context: string, data: string): string {
    const fields = elements.map(({ propertyName, name }) => (propertyName ?? name).getText());
    const isOfData = fields.every((field) => field === 'name' || field === 'data');
    // In one piece, the name tells which data there is.
    if (this.uses.hasNames && isOfData) return `${context}.data`;
    const isOfContext = fields.every((field) => field === 'data' || field === 'log');
    if (!this.uses.hasNames && isOfContext) return context;
    const values = fields.map((field) => `${field}: ${this.member(field, context, data)}`);
    return `{ ${values.join(', ')} }`;
  }

  private member(name: string, context: string, data: string): string {
    if (name === 'data') return data;
    if (name === 'name' && this.uses.hasNames) return `${context}.data.name`;
    const moved = MOVED.get(name);
    return moved === undefined ? `${context}.job.${name}` : `${context}.${moved}`;
  }

  /** `this.send(job)` passes the context and, if jobs have several names, the data of that name. */
  private rewriteCall(
    node: ts.Expression,
    parent: ts.Node,
    context: string,
    data: string,
  ): boolean {
    if (!ts.isCallExpression(parent) || !ts.isPropertyAccessExpression(parent.expression))
      return false;
    if (parent.expression.expression.kind !== ts.SyntaxKind.ThisKeyword) return false;
    const method = methodOf(this.owner, parent.expression.name.text);
    const parameter = method && parameterOfJob(method);
    if (!method || !parameter || !ts.isIdentifier(parameter.name) || isEventHandler(method))
      return false;
    if (!this.uses.hasNames) {
      this.replace(node, context);
      const jobName = parameter.name.text;
      this.rewriteHelper(method, parameter, `${jobName}.data`, `${jobName}: ${this.type}`);
      return true;
    }
    const name = this.uses.compared.find((compared) => isIn(node, branchOf(compared)))?.name;
    if (name === undefined) return false;
    const free =
      ['data', 'jobData', 'dataOfJob'].find((name) => !declares(method, name)) ?? 'jobData';
    const isDataAll = readsOnlyData(method, parameter.name.text);
    this.replace(node, isDataAll ? data : `${context}, ${data}`);
    const type = `Extract<JobData<typeof ${this.uses.constant}>, { name: ${quoted(name)} }>['data']`;
    const jobName = parameter.name.text;
    const further = `${free}: ${type}`;
    this.rewriteHelper(
      method,
      parameter,
      free,
      isDataAll ? further : `${jobName}: ${this.type}, ${further}`,
    );
    return true;
  }

  private readonly rewritten = new Set<ts.MethodDeclaration>();

  private rewriteHelper(
    method: ts.MethodDeclaration,
    parameter: ts.ParameterDeclaration,
    data: string,
    written: string,
  ): void {
    if (this.rewritten.has(method)) return;
    this.rewritten.add(method);
    const name = parameter.name.getText();
    this.replace(parameter, written);
    this.rewriteUses(method, name, name, data);
  }

  private replace(node: ts.Node, text: string): void {
    this.edits.push({ start: node.getStart(), end: node.getEnd(), text });
  }

  private note(node: ts.Node, text: string): void {
    this.notes.push({ file: this.uses.file, line: lineOf(node, node.getSourceFile()), text });
  }
}

/** `job as Job<Mail>` is a job. */
function withCasts(node: ts.Expression): ts.Expression {
  const { parent } = node;
  const isCast =
    ts.isAsExpression(parent) ||
    ts.isParenthesizedExpression(parent) ||
    ts.isNonNullExpression(parent);
  return isCast ? withCasts(parent) : node;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`\'`)}'`;
}

function textOf(elements: readonly ts.BindingElement[]): string {
  return elements.map((element) => element.getText()).join(', ');
}

/** `@OnWorkerEvent('failed') onFailed(job: Job)`: it gets BullMQ's job as before. */
function isEventHandler(method: ts.MethodDeclaration): boolean {
  return (ts.getDecorators(method) ?? []).length > 0;
}

function isReference({ parent, text }: ts.Identifier): boolean {
  if (ts.isPropertyAccessExpression(parent)) return parent.expression.getText() === text;
  if (ts.isPropertyAssignment(parent)) return parent.initializer.getText() === text;
  return !ts.isBindingElement(parent) && !ts.isParameter(parent);
}

/** Whether nothing but its data is read of a job. */
function readsOnlyData(method: ts.MethodDeclaration, job: string): boolean {
  const uses = method.body ? [...nodesOf(method.body)].filter(ts.isIdentifier) : [];
  return uses
    .filter((node) => node.text === job && isReference(node))
    .every(({ parent }) => ts.isPropertyAccessExpression(parent) && parent.name.text === 'data');
}

function declares(method: ts.MethodDeclaration, name: string): boolean {
  return [...nodesOf(method)].some(
    (node) =>
      (ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isParameter(node)) &&
      node.name.getText() === name,
  );
}

function isIn(node: ts.Node, around: ts.Node | undefined): boolean {
  return around !== undefined && around.pos <= node.pos && node.end <= around.end;
}
