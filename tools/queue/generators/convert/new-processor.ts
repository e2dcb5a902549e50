import ts from 'typescript';
import { importedNames, lineOf, propertyOf } from '../../workspace/parse-source';
import type { JobNames } from '../plan/job-name';
import { type TextEdit, withEdits } from '../plan/text-edits';
import { type Declarations, nodesOf } from './declarations';
import type { Note, OldProcessor } from './read-queues';
import { comparedNames } from './old-processor';
import { JobRewriter } from './rewrite-job';

/** Options of BullMQ's worker that `@JobProcessor` has too. */
const KEPT = [
  'concurrency',
  'limiter',
  'lockDuration',
  'stalledInterval',
  'maxStalledCount',
  'drainDelay',
];

export interface NewProcessorRequest {
  names: JobNames;
  /** Where it is written. */
  file: string;
  contract: string;
  runtime: { producer: string; consumer: string };
  hasNames: boolean;
  /** The names that the contract has, if there are several. */
  jobNames: readonly string[];
}

/** The text of a processor of the runtime with the members of one of @nestjs/bullmq. */
export function newProcessor(
  old: OldProcessor,
  { names: { constant }, file, contract, runtime, hasNames, jobNames }: NewProcessorRequest,
  declarations: Declarations,
): { text: string; notes: Note[] } {
  const { node } = old;
  const source = node.getSourceFile();
  const notes: Note[] = [];
  const note = (at: ts.Node, text: string): void => {
    notes.push({ file: old.file, line: lineOf(at, source), text });
  };
  const rewriter = new JobRewriter(node, {
    file: old.file,
    constant,
    hasNames,
    names: jobNames,
    compared: comparedNames(old, declarations),
  });
  if (!rewriter.rewrite())
    note(node, 'It has no process(job): write handle() of the new processor.');
  const edits: TextEdit[] = [...rewriter.edits];
  const dependencies = readDependencies(old, declarations, note);
  for (const decorator of ts.getDecorators(node) ?? []) {
    const isProcessor =
      ts.isCallExpression(decorator.expression) &&
      decorator.expression.expression.getText() === 'Processor';
    if (!isProcessor) continue;
    const options = optionsOf(old.options, dependencies, note);
    edits.push({
      start: decorator.getStart(),
      end: decorator.getEnd(),
      text: `@JobProcessor(${constant}${options})`,
    });
  }
  for (const clause of node.heritageClauses ?? []) {
    const [base] = clause.types;
    if (clause.token === ts.SyntaxKind.ExtendsKeyword && base?.getText() === 'WorkerHost') {
      edits.push({
        start: base.getStart(),
        end: base.getEnd(),
        text: `JobHost<typeof ${constant}>`,
      });
    }
  }
  const start = node.getStart();
  const shifted = edits.map((edit) => ({
    ...edit,
    start: edit.start - start,
    end: edit.end - start,
  }));
  const body = withEdits(node.getText(), shifted);
  const exported =
    /^(?:@[^]*?\n)?\s*export\b/.test(body) || body.includes('export class')
      ? body
      : body.replace(/\bclass\b/, 'export class');
  const copied = copiedStatements(exported, old, note);
  const used = identifiersIn(`${copied}\n${exported}`);
  const runtimeLines = [
    `import { ${constant} } from '${contract}';`,
    importLine(
      ['JobData', 'JobReturn'].filter((name) => used.has(name)),
      runtime.producer,
      true,
    ),
    importLine(
      [...(used.has('JobContext') ? ['type JobContext'] : []), 'JobHost', 'JobProcessor'],
      runtime.consumer,
      false,
    ),
  ];
  const lines = [...runtimeLines, ...oldImports(source, used, old.file, file, declarations)];
  return {
    text: `${lines.filter((line) => line !== '').join('\n')}\n\n${copied}${exported}\n`,
    notes: [...notes, ...rewriter.notes],
  };
}

function optionsOf(
  options: ts.Expression | undefined,
  dependencies: readonly string[],
  note: (at: ts.Node, text: string) => void,
): string {
  const texts: string[] = [];
  if (options && ts.isObjectLiteralExpression(options)) {
    for (const property of options.properties) {
      const name = property.name?.getText() ?? '';
      if (KEPT.includes(name) && propertyOf(options, name)) texts.push(property.getText());
      else if (name !== 'name')
        note(
          property,
          `The option ${name || property.getText()} of @Processor has no counterpart in @JobProcessor.`,
        );
    }
  } else if (options) {
    note(options, 'The options of @Processor are not written here: copy them into @JobProcessor.');
  }
  if (dependencies.length > 0) texts.push(`providers: [${dependencies.join(', ')}]`);
  return texts.length === 0 ? '' : `, { ${texts.join(', ')} }`;
}

/** The classes of the workspace that the constructor asks for. */
function readDependencies(
  { node, file }: OldProcessor,
  declarations: Declarations,
  note: (at: ts.Node, text: string) => void,
): string[] {
  const constructor = node.members.find(ts.isConstructorDeclaration);
  return (constructor?.parameters ?? []).flatMap((parameter) => {
    const name = parameter.type?.getText() ?? '';
    const found = /^\w+$/.test(name) ? declarations.find(name, file) : undefined;
    const isOwn = found !== undefined && ts.isClassDeclaration(found.node);
    const decorated = (ts.getDecorators(parameter) ?? [])[0];
    if (decorated?.getText().startsWith('@InjectQueue')) {
      note(
        parameter,
        'The processor adds to a queue of BullMQ: inject the producer of its contract (@InjectJob), or import BullModule.registerQueue.',
      );
      return [];
    }
    if (decorated || !isOwn) {
      const what = decorated?.getText() ?? (name || parameter.getText());
      note(
        parameter,
        `The processor needs ${what}: name the module that has it in "imports" of @JobProcessor.`,
      );
      return [];
    }
    note(
      parameter,
      `${name} is in "providers" of @JobProcessor: what it needs itself belongs there too, or in "imports".`,
    );
    return [name];
  });
}

/** The other declarations of the old file that the class needs, such as types and constants. */
function copiedStatements(
  text: string,
  { node }: OldProcessor,
  note: (at: ts.Node, text: string) => void,
): string {
  const source = node.getSourceFile();
  const copied: ts.Statement[] = [];
  let all = text;
  for (let found = true; found;) {
    found = false;
    const used = identifiersIn(all);
    for (const statement of source.statements) {
      if (statement === node || copied.includes(statement)) continue;
      if (!namesOf(statement).some((name) => used.has(name))) continue;
      copied.push(statement);
      all += statement.getText();
      found = true;
    }
  }
  const [first] = copied;
  if (first)
    note(
      first,
      `${copied.flatMap(namesOf).join(', ')} of this file is copied beside the new processor.`,
    );
  return copied
    .sort((a, b) => a.pos - b.pos)
    .map((statement) => `${statement.getText()}\n\n`)
    .join('');
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const isNamed =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement);
  return isNamed && statement.name ? [statement.name.text] : [];
}

function identifiersIn(text: string): Set<string> {
  const source = ts.createSourceFile(
    'class.ts',
    text,
    ts.ScriptTarget.Latest,
    true,
    ts.ScriptKind.TS,
  );
  const names = [...nodesOf(source)].filter(ts.isIdentifier);
  const isMember = (name: ts.Identifier): boolean =>
    (ts.isPropertyAccessExpression(name.parent) && name.parent.name === name) ||
    (ts.isPropertyAssignment(name.parent) && name.parent.name === name);
  return new Set(names.filter((name) => !isMember(name)).map((name) => name.text));
}

function oldImports(
  source: ts.SourceFile,
  used: ReadonlySet<string>,
  from: string,
  to: string,
  declarations: Declarations,
): string[] {
  const local = [...importedNames(source)].filter(([name]) => used.has(name));
  const types = typeNames(source);
  const bySpecifier = new Map<string, string[]>();
  for (const [name, { specifier, imported }] of local) {
    const target = declarations.fileOf(specifier, from);
    const ending = specifier.endsWith('.js') ? '.js' : '';
    const written =
      target === undefined ? specifier : declarations.specifierBetween(to, target, ending);
    const type = types.has(name) ? 'type ' : '';
    const clause =
      imported === '*'
        ? `* as ${name}`
        : `${type}${imported === name ? name : `${imported} as ${name}`}`;
    bySpecifier.set(written, [...(bySpecifier.get(written) ?? []), clause]);
  }
  return [...bySpecifier].flatMap(([specifier, clauses]) => {
    const named = clauses.filter((clause) => !clause.startsWith('* as'));
    return [
      ...clauses
        .filter((clause) => clause.startsWith('* as'))
        .map((clause) => `import ${clause} from '${specifier}';`),
      importLine(named, specifier, false),
    ];
  });
}

function importLine(names: readonly string[], specifier: string, isType: boolean): string {
  return names.length === 0
    ? ''
    : `import ${isType ? 'type ' : ''}{ ${names.join(', ')} } from '${specifier}';`;
}

/** The names that a file imports as types alone. */
function typeNames(source: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of source.statements) {
    const clause = ts.isImportDeclaration(statement) ? statement.importClause : undefined;
    if (!clause) continue;
    const { namedBindings: bindings } = clause;
    const isType = clause.phaseModifier === ts.SyntaxKind.TypeKeyword;
    if (isType && clause.name) names.add(clause.name.text);
    if (!bindings || !ts.isNamedImports(bindings)) continue;
    for (const element of bindings.elements) {
      if (isType || element.isTypeOnly) names.add(element.name.text);
    }
  }
  return names;
}
