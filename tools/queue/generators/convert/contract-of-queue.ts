import ts from 'typescript';
import { lineOf, propertyOf, unwrap } from '../../workspace/parse-source';
import { type Declarations, nodesOf } from './declarations';
import { branchOf, comparedNames, methodOf, parameterOfJob, typesOfData } from './old-processor';
import type { Note, OldProcessor, OldQueue } from './read-queues';
import { ANY_OBJECT, SchemaWriter, type WrittenSchema } from './schema-of-type';

/** What the contract of a queue says. */
export interface WrittenContract {
  /** Names of its jobs besides the contract's own. */
  accepts: string[];
  /** Whether jobs of several names are told apart by `data.name`. */
  hasNames: boolean;
  /** One schema, or one for each name. */
  data: { name: string; schema: string }[];
  result: string | undefined;
  /** `attempts: 1`, and what `defaultJobOptions` says, as properties. */
  options: string[];
  notes: Note[];
}

const COPIED = [
  'attempts',
  'backoff',
  'delay',
  'priority',
  'lifo',
  'removeOnComplete',
  'removeOnFail',
];

export function contractOfQueue(
  queue: OldQueue,
  job: string,
  declarations: Declarations,
): WrittenContract {
  const [processor] = queue.processors;
  const notes: Note[] = [];
  const found = new Set([
    ...queue.adds.flatMap(({ name }) => name ?? []),
    ...(processor ? comparedNames(processor, declarations).map(({ name }) => name) : []),
  ]);
  const names = [...found].sort();
  const hasNames = names.length > 1;
  const data = (hasNames ? names : ['']).map((name) => {
    const { text, unread } = schemaOf(queue, name, declarations);
    const first = queue.adds.find((add) => name === '' || add.name === name);
    const at = first ?? placeOf(queue);
    if (unread.length > 0 && at) {
      const whose = hasNames ? ` of "${name}"` : '';
      const what =
        unread[0] === 'data' ? `the data${whose}` : `${unread.join(', ')} in the data${whose}`;
      notes.push({
        file: at.file,
        line: at.line,
        text: `The type of ${what} cannot be read, so the contract takes anything: write its schema.`,
      });
    }
    return { name, schema: text };
  });
  const place = placeOf(queue);
  if (names.length === 0 && place) {
    notes.push({
      ...place,
      text: 'No name of a job is written here. List those that jobs of this queue have in "accepts" of the contract: others fail.',
    });
  }
  return {
    accepts: names.filter((name) => name !== job || hasNames),
    hasNames,
    data,
    result: processor && resultOf(processor.node, processor.file, declarations),
    options: optionsOf(queue, notes),
    notes,
  };
}

function placeOf({
  processors,
  registrations,
}: OldQueue): { file: string; line: number } | undefined {
  const [processor] = processors;
  return processor
    ? { file: processor.file, line: lineOf(processor.node, processor.node.getSourceFile()) }
    : registrations[0] && { file: registrations[0].file, line: registrations[0].line };
}

/** By the type of the job where it is processed; or else by what is added. */
function schemaOf(queue: OldQueue, name: string, declarations: Declarations): WrittenSchema {
  const writer = new SchemaWriter(declarations);
  const candidates: WrittenSchema[] = [];
  for (const processor of queue.processors) {
    const { file, node } = processor;
    const process = methodOf(node, 'process');
    const branches =
      name === '' ? [process ?? node] : branchesOfName(processor, name, declarations);
    const methods = name === '' ? [process] : branches.flatMap((branch) => methodsIn(branch, node));
    const types = [
      ...methods.flatMap((method) => typeOfJob(method) ?? []),
      ...branches.flatMap((branch) => typesOfData(branch, node)),
    ];
    const known = types.filter(({ kind }) => kind !== ts.SyntaxKind.AnyKeyword);
    candidates.push(...known.map((type) => writer.ofType(type, file)));
  }
  const passed = queue.adds.flatMap(({ name: of, data, file }) =>
    data && (name === '' || of === name) ? { value: data, file } : [],
  );
  if (passed.length > 0) candidates.push(writer.ofValues(passed));
  return candidates.sort((a, b) => a.unread.length - b.unread.length)[0] ?? ANY_OBJECT;
}

/** `Mail` of a parameter `job: Job<Mail>`. */
function typeOfJob(method: ts.MethodDeclaration | undefined): ts.TypeNode | undefined {
  const type = method && parameterOfJob(method)?.type;
  return type && ts.isTypeReferenceNode(type) ? type.typeArguments?.[0] : undefined;
}

function branchesOfName(
  processor: OldProcessor,
  name: string,
  declarations: Declarations,
): ts.Node[] {
  return comparedNames(processor, declarations)
    .filter((compared) => compared.name === name)
    .flatMap((compared) => branchOf(compared) ?? []);
}

/** The methods that a branch passes the job to. */
function methodsIn(branch: ts.Node, owner: ts.ClassDeclaration): ts.MethodDeclaration[] {
  return [...nodesOf(branch)].flatMap((call) => {
    if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return [];
    if (call.expression.expression.kind !== ts.SyntaxKind.ThisKeyword) return [];
    const method = methodOf(owner, call.expression.name.text);
    return method && parameterOfJob(method) ? [method] : [];
  });
}

function resultOf(
  node: ts.ClassDeclaration,
  file: string,
  declarations: Declarations,
): string | undefined {
  const method = methodOf(node, 'process');
  const type = method?.type;
  const [inner] = type && ts.isTypeReferenceNode(type) ? (type.typeArguments ?? []) : [];
  if (
    inner &&
    inner.kind !== ts.SyntaxKind.AnyKeyword &&
    inner.kind !== ts.SyntaxKind.UnknownKeyword
  ) {
    const { text, unread } = new SchemaWriter(declarations).ofType(inner, file);
    if (unread.length === 0) return text === 'z.void()' ? undefined : text;
  }
  const returns = method ? [...nodesOf(method)].filter(ts.isReturnStatement) : [];
  return returns.some(({ expression }) => expression !== undefined) ? 'z.unknown()' : undefined;
}

/** BullMQ gives a job one attempt if nothing is said, the runtime three. */
function optionsOf({ registrations }: OldQueue, notes: Note[]): string[] {
  const copied: string[] = [];
  for (const { node, file, line } of registrations) {
    const defaults = propertyOf(node, 'defaultJobOptions');
    const literal = defaults && unwrap(defaults);
    if (literal && !ts.isObjectLiteralExpression(literal)) {
      notes.push({
        file,
        line,
        text: 'defaultJobOptions are not written here: copy them into "options" of the contract.',
      });
    }
    if (!literal || !ts.isObjectLiteralExpression(literal)) continue;
    for (const property of literal.properties) {
      const name = property.name?.getText() ?? '';
      const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
      const isRetention = name.startsWith('removeOn');
      const isBoolean =
        value?.kind === ts.SyntaxKind.TrueKeyword || value?.kind === ts.SyntaxKind.FalseKeyword;
      if (value && COPIED.includes(name) && isConstant(value) && (!isRetention || isBoolean)) {
        copied.push(`${name}: ${value.getText()}`);
      } else {
        const place = lineOf(property, property.getSourceFile());
        notes.push({
          file,
          line: place,
          text: isRetention
            ? `${name} with a limit is "keep" of the contract.`
            : `${name || 'this'} of defaultJobOptions is not copied: see "options" of the contract.`,
        });
      }
    }
  }
  return copied.some((option) => option.startsWith('attempts:'))
    ? copied
    : ['attempts: 1', ...copied];
}

/** Whether it says the same in another file. */
function isConstant(value: ts.Expression): boolean {
  return [...nodesOf(value)].every(
    (node) => !ts.isIdentifier(node) || ts.isPropertyAssignment(node.parent),
  );
}
