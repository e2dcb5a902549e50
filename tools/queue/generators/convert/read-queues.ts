import ts from 'typescript';
import { importedNames, lineOf, propertyOf, resolveName } from '../../workspace/parse-source';
import { type Declarations, nodesOf } from './declarations';

/** A line of a source, and what is to be said of it. */
export interface Note {
  file: string;
  line: number;
  text: string;
}

/** A class with `@Processor` of @nestjs/bullmq. */
export interface OldProcessor {
  file: string;
  node: ts.ClassDeclaration;
  /** The second argument of `@Processor`, or the first one if that has options. */
  options: ts.Expression | undefined;
}

/** A call of `add` on an injected queue. */
export interface OldAdd {
  file: string;
  line: number;
  node: ts.CallExpression;
  /** Undefined: computed. */
  name: string | undefined;
  data: ts.Expression | undefined;
}

/** What an application has of one queue of @nestjs/bullmq. */
export interface OldQueue {
  name: string;
  processors: OldProcessor[];
  /** The objects in `registerQueue`. */
  registrations: { file: string; line: number; node: ts.Expression }[];
  adds: OldAdd[];
  /** What is done to it in ways that have no counterpart that can be written by a program. */
  notes: Note[];
}

export const PACKAGE = '@nestjs/bullmq';

/** Reads every queue of @nestjs/bullmq in these files, and of names that cannot be read the place. */
export function readQueues(
  files: readonly string[],
  declarations: Declarations,
): { queues: OldQueue[]; notes: Note[] } {
  const reader = new QueueReader(declarations);
  for (const file of files) reader.read(file);
  return { queues: [...reader.queues.values()], notes: reader.notes };
}

class QueueReader {
  readonly queues = new Map<string, OldQueue>();
  readonly notes: Note[] = [];

  constructor(private readonly declarations: Declarations) {}

  read(file: string): void {
    const source = this.declarations.sourceOf(file);
    const names = importedNames(source);
    const isOurs = (expression: ts.Expression, name: string): boolean => {
      const found = resolveName(expression, names);
      return found?.specifier === PACKAGE && found.imported === name;
    };
    for (const node of nodesOf(source)) {
      if (ts.isClassDeclaration(node)) this.readClass(node, file, isOurs);
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) continue;
      const { expression, name } = node.expression;
      if (!isOurs(expression, 'BullModule')) continue;
      if (name.text === 'registerQueue') this.readRegistrations(node, file);
      if (name.text === 'registerQueueAsync' || name.text === 'registerFlowProducer') {
        this.note(
          this.notes,
          node,
          file,
          `${name.text} is not read: see its counterpart in the guide.`,
        );
      }
    }
  }

  private readRegistrations(call: ts.CallExpression, file: string): void {
    for (const node of call.arguments) {
      const queue = this.queueOf(propertyOf(node, 'name'), node, file);
      queue?.registrations.push({ file, line: lineOf(node, node.getSourceFile()), node });
    }
  }

  private readClass(
    node: ts.ClassDeclaration,
    file: string,
    isOurs: (expression: ts.Expression, name: string) => boolean,
  ): void {
    for (const { expression } of ts.getDecorators(node) ?? []) {
      if (!ts.isCallExpression(expression)) continue;
      const [first, second] = expression.arguments;
      if (isOurs(expression.expression, 'Processor') && first) {
        const isObject = ts.isObjectLiteralExpression(first);
        const queue = this.queueOf(isObject ? propertyOf(first, 'name') : first, node, file);
        queue?.processors.push({ file, node, options: second ?? (isObject ? first : undefined) });
      }
      if (isOurs(expression.expression, 'QueueEventsListener') && first) {
        const queue = this.queueOf(first, node, file);
        if (queue)
          this.note(
            queue.notes,
            node,
            file,
            'A listener to events stays as it is; JobsReader.watch or metrics take its place.',
          );
      }
    }
    for (const inner of nodesOf(node)) {
      if (!ts.isParameter(inner) && !ts.isPropertyDeclaration(inner)) continue;
      const decorator = ts
        .getDecorators(inner)
        ?.map(({ expression }) => expression)
        .find((call) => ts.isCallExpression(call) && isOurs(call.expression, 'InjectQueue'));
      if (!decorator || !ts.isCallExpression(decorator) || !ts.isIdentifier(inner.name)) continue;
      const queue = this.queueOf(decorator.arguments[0], inner, file);
      if (queue) this.readUses(queue, inner.name.text, node, file);
    }
  }

  /** Of an injected queue in its class: `this.mails.add(…)`. */
  private readUses(
    queue: OldQueue,
    property: string,
    owner: ts.ClassDeclaration,
    file: string,
  ): void {
    for (const node of nodesOf(owner)) {
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) continue;
      const { expression: target, name } = node.expression;
      const isQueue =
        (ts.isPropertyAccessExpression(target) &&
          target.expression.kind === ts.SyntaxKind.ThisKeyword &&
          target.name.text === property) ||
        (ts.isIdentifier(target) && target.text === property);
      if (!isQueue) continue;
      if (name.text === 'add') this.readAdd(queue, node, file);
      else if (name.text === 'addBulk') this.readBulk(queue, node, file);
      else
        this.note(
          queue.notes,
          node,
          file,
          `${name.text}() works on the old queue: see its counterpart in the guide.`,
        );
    }
  }

  private readAdd(queue: OldQueue, node: ts.CallExpression, file: string): void {
    const [nameNode, data, options] = node.arguments;
    const name = this.declarations.stringOf(nameNode, file);
    const line = lineOf(node, node.getSourceFile());
    queue.adds.push({ file, line, node, name, data });
    if (name === undefined)
      this.note(
        queue.notes,
        node,
        file,
        'The name of this job is computed: list the names that it can have in "accepts" of the contract.',
      );
    if (options && (propertyOf(options, 'repeat') || propertyOf(options, 'repeatJobKey'))) {
      this.note(
        queue.notes,
        node,
        file,
        'A repeated job: write "schedule" into the contract, and remove the old one with queue.removeJobScheduler().',
      );
    }
  }

  private readBulk(queue: OldQueue, node: ts.CallExpression, file: string): void {
    const [list] = node.arguments;
    const literals = list ? [...nodesOf(list)].filter(ts.isObjectLiteralExpression) : [];
    const entries = literals.filter((entry) => propertyOf(entry, 'name'));
    for (const entry of entries) {
      const name = this.declarations.stringOf(propertyOf(entry, 'name'), file);
      const line = lineOf(entry, node.getSourceFile());
      queue.adds.push({ file, line, node, name, data: propertyOf(entry, 'data') });
    }
    if (entries.length === 0)
      this.note(
        queue.notes,
        node,
        file,
        'The names of these jobs are not written here: list them in "accepts" of the contract.',
      );
  }

  private queueOf(
    expression: ts.Expression | undefined,
    node: ts.Node,
    file: string,
  ): OldQueue | undefined {
    const name = this.declarations.stringOf(expression, file);
    if (name === undefined) {
      this.note(
        this.notes,
        node,
        file,
        'The name of this queue is computed, so what it belongs to cannot be told.',
      );
      return undefined;
    }
    const queue = this.queues.get(name) ?? {
      name,
      processors: [],
      registrations: [],
      adds: [],
      notes: [],
    };
    this.queues.set(name, queue);
    return queue;
  }

  private note(notes: Note[], node: ts.Node, file: string, text: string): void {
    notes.push({ file, line: lineOf(node, node.getSourceFile()), text });
  }
}
