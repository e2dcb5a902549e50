import { getProjects } from '@nx/devkit';
import { processorText, queueTree, writeContract, writeProcessor } from '../testing/queue-tree';
import { checkSources, listContracts, readQueueWorkspace } from './index';

const RUNTIME = "import { defineJob } from '@acme/runtime';\n";
const CONTRACT_FILE = 'packages/agreements/source/email.job.ts';
const PROCESSOR_FILE = 'services/jobs-runner/code/processors/email/email.processor.ts';

/** What is wrong with a workspace of one contract and its processor. */
function problemsOf({
  contract,
  processor = processorText('email'),
  more = {},
}: {
  contract?: string;
  processor?: string;
  more?: Record<string, string>;
}) {
  const tree = queueTree();
  writeContract(tree, 'email', contract);
  writeProcessor(tree, 'email', { text: processor });
  for (const [file, text] of Object.entries(more)) tree.write(file, text);
  const workspace = readQueueWorkspace(tree, Object.fromEntries(getProjects(tree)));
  return {
    messages: checkSources(workspace).map(({ message }) => message),
    contracts: listContracts(workspace),
  };
}

/** A processor that imports its contract otherwise than by `{ emailJob }`. */
const importing = (clause: string, argument = 'emailJob') =>
  processorText('email').replace('{ emailJob }', clause).replaceAll('emailJob)', `${argument})`);

describe('a contract may be written and exported in every valid style:', () => {
  const definition = "defineJob({ name: 'email', data: z.object({}) })";

  it.each([
    ['as a constant', `export const emailJob = ${definition};`],
    ['in a list of exports', `const emailJob = ${definition};\nexport { emailJob };`],
    ['before it is defined', `export { emailJob };\nconst emailJob = ${definition};`],
    ['under another name', `const mine = ${definition};\nexport { mine as emailJob };`],
    ['by default, too', `export const emailJob = ${definition};\nexport default emailJob;`],
    ['under two names', `const a = ${definition};\nexport { a as other, a as emailJob };`],
    ['in brackets', `export const emailJob = (${definition});`],
    ['with satisfies', `export const emailJob = ${definition} satisfies JobContract;`],
    ['with as', `export const emailJob = ${definition} as const;`],
    ['with a type', `export const emailJob: JobContract<'email'> = ${definition};`],
    [
      'with type arguments',
      `export const emailJob = ${definition.replace('(', '<"email", any>(')};`,
    ],
    ['with let', `export let emailJob = ${definition};`],
    ['beside others', `export const LIMIT = 5, emailJob = ${definition};`],
    [
      'with its name in a constant',
      `const NAME = 'email';\nexport const emailJob = defineJob({ name: NAME });`,
    ],
    [
      'with its name as a shorthand',
      `const name = 'email' as const;\nexport const emailJob = defineJob({ name });`,
    ],
    ['with its name in a template', 'export const emailJob = defineJob({ name: `email` });'],
    ['with its name in quotes', `export const emailJob = defineJob({ 'name': "email" });`],
    ['with a computed key', `export const emailJob = defineJob({ ['name']: 'email' });`],
    [
      'with its definition in a constant',
      `const it = { name: 'email' } as const;\nexport const emailJob = defineJob(it);`,
    ],
    ['with what others share', `export const emailJob = defineJob({ ...common, name: 'email' });`],
    [
      'after a comment',
      `// export const other = defineJob({ name: 'x' })\nexport /* ! */ const emailJob = ${definition};`,
    ],
  ])('%s', (_, text) => {
    expect(problemsOf({ contract: RUNTIME + text }).messages).toEqual([]);
  });

  it.each([
    [
      'under an alias',
      `import { defineJob as job } from '@acme/runtime';\nexport const emailJob = job({ name: 'email' });`,
    ],
    [
      'of a namespace',
      `import * as queue from '@acme/runtime';\nexport const emailJob = queue.defineJob({ name: 'email' });`,
    ],
    [
      'of what is required',
      `import queue = require('@acme/runtime');\nexport const emailJob = queue.defineJob({ name: 'email' });`,
    ],
  ])('by the function %s', (_, contract) => {
    expect(problemsOf({ contract }).messages).toEqual([]);
  });

  it.each([
    ['an expression', `export default ${definition};`],
    ['a constant', `const emailJob = ${definition};\nexport default emailJob;`],
    ['in a list', `const emailJob = ${definition};\nexport { emailJob as default };`],
  ])('by default, as %s', (_, text) => {
    const { messages, contracts } = problemsOf({
      contract: RUNTIME + text,
      processor: importing('emailJob'),
    });
    expect(messages).toEqual([]);
    expect(contracts).toMatchObject([{ constant: 'default', name: 'email' }]);
  });

  it.each([
    [
      'is not exported',
      `const emailJob = ${definition};`,
      `${CONTRACT_FILE}:2 defines the contract emailJob and does not export it. Write: export const emailJob = defineJob(…).`,
    ],
    [
      'is of another file',
      "export { emailJob } from './other.job';",
      `${CONTRACT_FILE}:2 exports what is defined in './other.job', and no job contract of its own.`,
    ],
    [
      'is one of two',
      `export const emailJob = ${definition};\nexport const other = ${definition};`,
      `${CONTRACT_FILE} exports 2 job contracts (emailJob in line 2, other in line 3), but a file holds exactly one.`,
    ],
    [
      'is made by a function',
      `export const emailJob = Object.freeze(${definition});`,
      `${CONTRACT_FILE} exports no job contract: there is no call of defineJob that is exported by itself.`,
    ],
    [
      'has a name that another file holds',
      "import { NAME } from './names';\nexport const emailJob = defineJob({ name: NAME });",
      `The contract emailJob in ${CONTRACT_FILE}:3 has a name that is not written in this file as a string`,
    ],
    [
      'has a computed name',
      "export const emailJob = defineJob({ name: ['e', 'mail'].join('') });",
      `Write name: 'email'.`,
    ],
    ['has no name', 'export const emailJob = defineJob({ ...common });', `Write name: 'email'.`],
  ])('but not where it %s', (_, text, reason) => {
    expect(problemsOf({ contract: RUNTIME + text }).messages[0]).toContain(reason);
  });
});

describe('a processor may be written and exported in every valid style:', () => {
  const text = processorText('email');
  const unexported = text.replace('export class', 'class');

  it.each([
    ['by default', text.replace('export class', 'export default class')],
    [
      'by default, without a name',
      text.replace('export class SomeProcessor', 'export default class'),
    ],
    ['in a list of exports', `${unexported}export { SomeProcessor };\n`],
    ['under another name', `${unexported}export { SomeProcessor as EmailProcessor };\n`],
    ['by default, below', `${unexported}export default SomeProcessor;\n`],
    [
      'with the decorator behind export',
      text.replace(/(@JobProcessor\(emailJob\))\nexport class/, 'export $1 class'),
    ],
    [
      'with the decorator of a namespace',
      text
        .replace("import { JobHost, JobProcessor } from '@acme", "import * as queue from '@acme")
        .replace('@JobProcessor', '@queue.JobProcessor')
        .replace('extends JobHost', 'extends queue.JobHost'),
    ],
    ['with satisfies', text.replace('(emailJob)', '(emailJob satisfies JobContract)')],
    [
      'with the contract in a constant',
      text.replace('@JobProcessor(emailJob)', 'const job = emailJob;\n@JobProcessor(job)'),
    ],
    ['with generics', text.replace('SomeProcessor extends', 'SomeProcessor<T = void> extends')],
    ['with a comment between', text.replace('(emailJob)', '(/* the job */ emailJob)')],
    ['beside a class without a decorator', `${text}export class Helper {}\n`],
  ])('%s', (_, processor) => {
    expect(problemsOf({ processor }).messages).toEqual([]);
  });

  it.each([
    ['under another name', "export { emailJob as mailJob } from './email.job';\n"],
    [
      'through an import',
      "import { emailJob } from './email.job';\nexport { emailJob as mailJob };\n",
    ],
    ['through two files', "export * from './barrel';\n"],
  ])('with a contract that another file passes on %s', (_, mail) => {
    const processor = importing('{ mailJob }', 'mailJob').replace(
      'agreements/email',
      'agreements/mail',
    );
    const more = {
      'packages/agreements/source/mail.job.ts': mail,
      'packages/agreements/source/barrel.ts':
        "export { emailJob as mailJob } from './email.job';\n",
    };
    // A file that passes on a contract is no *.job.ts, which is the only thing to say here.
    const { messages } = problemsOf({ processor, more });
    expect(messages.filter((message) => !message.includes('mail.job.ts'))).toEqual(
      messages.filter((message) => message.includes(PROCESSOR_FILE)),
    );
    expect(messages.filter((message) => message.includes(PROCESSOR_FILE))).toEqual([]);
  });

  it.each([
    [
      'is not exported',
      unexported,
      `${PROCESSOR_FILE}:4 does not export the class SomeProcessor. Write: export class SomeProcessor.`,
    ],
    [
      'is a class expression',
      text.replace(
        /@JobProcessor\(emailJob\)\nexport class SomeProcessor/,
        'export const SomeProcessor = @JobProcessor(emailJob) class',
      ),
      `${PROCESSOR_FILE}:4 decorates a class expression, which TypeScript does not compile. Write: @JobProcessor(emailJob) export class SomeProcessor.`,
    ],
    [
      'has its contract in the same file',
      text.replace(
        "import { emailJob } from '@acme/agreements/email';",
        `${RUNTIME}const emailJob = defineJob({ name: 'email' });`,
      ),
      'processes emailJob, which this file does not import: producers need the same contract.',
    ],
    [
      'imports what is no contract',
      text.replace('@acme/agreements/email', './email.contract'),
      `${PROCESSOR_FILE}:4 processes "emailJob", which is not a job contract of this workspace: no *.job.ts file exports the emailJob of './email.contract'.`,
    ],
    [
      'is decorated by something else',
      text.replace('@JobProcessor', '@Processor'),
      `${PROCESSOR_FILE} has no class decorated with @JobProcessor(…).`,
    ],
  ])('but not where it %s', (_, processor, reason) => {
    expect(problemsOf({ processor }).messages[0]).toContain(reason);
  });
});
