import type { QueueWorkspace } from '../../workspace/index';
import { importedContract, type ProcessorPlan } from './plan-processor';
import { packageManager } from '../../workspace/package-manager';

/** What a person does next, with commands that work as printed. */
export function nextSteps(plan: ProcessorPlan, workspace: QueueWorkspace): string {
  const { exec } = packageManager();
  const { names, worker, contract } = plan;
  const { constant, imported } = importedContract(plan.adopted, names);
  const data = plan.adopted ? '…' : '{"id":"1"}';
  return `${notes(plan, workspace)}
Job "${names.job}" is registered in "${worker.name}":
  ${contract.file}  its data and its result
  ${plan.processor}  the work

${testStep(plan, workspace)}

Try it while the worker runs (in another terminal: ${exec} nx serve ${worker.name}):
  ${exec} queue enqueue --job=${names.job} --data='${data}' --wait

Enqueue it from a Nest module, and from a provider or controller in it:
  imports: [QueueModule.forFeature(${constant})]
  constructor(
    @InjectJob(${constant}) private readonly ${names.variable}Jobs: JobProducer<typeof ${constant}>,
  ) {}

  import { InjectJob, JobProducer, QueueModule } from '${workspace.runtime.producer}';
  import { ${imported} } from '${contract.specifier}';
`;
}

/** A worker has tests if the application had some that it was made like. */
function testStep({ names, worker, processor }: ProcessorPlan, { files }: QueueWorkspace): string {
  const declaresTest = ['project.json', 'package.json']
    .map((name) => `${worker.root}/${name}`)
    .some((file) => files.isFile(file) && /"test"\s*:/.test(files.read(file, 'utf-8') ?? ''));
  const hasSettings = files
    .children(worker.root)
    .some((name) => /^(?:jest|vite|vitest)\.config\.[cm]?[jt]s$/.test(name));
  if (!declaresTest && !hasSettings) {
    return `"${worker.name}" has no test runner yet. With Jest or Vitest, this is its test:
  ${processor.replace(/\.ts$/, '.spec.ts')}`;
  }
  return `Test it:
  ${packageManager().exec} nx test ${worker.name} --testPathPatterns=processors/${names.job}/`;
}

/** What was not as the person may have expected, and what is left to them. */
function notes(plan: ProcessorPlan, workspace: QueueWorkspace): string {
  const { names, given, adopted, overwritten, wasExternal, keptSpec, sandbox } = plan;
  return [
    given === names.job ? '' : `"${given}" is named "${names.job}", as Nx names files.`,
    adopted ? `The contract ${adopted.file} exists and is used unchanged.` : '',
    wasExternal
      ? `nx.json no longer lists "${names.job}" as a job that another workspace processes. Stop its processor there: otherwise each job goes to one or the other.`
      : '',
    keptSpec ? `The test ${keptSpec} exists and is kept.` : '',
    sandbox === undefined
      ? ''
      : `The sandboxes of isolated processors run ${sandbox}, which is new.`,
    passesSandbox(plan, workspace) ? '' : PASS_SANDBOX,
    ...overwritten.map((file) => `Overwritten: ${file}`),
  ]
    .filter((note) => note !== '')
    .map((note) => `\n${note}`)
    .join('');
}

const PASS_SANDBOX = `One line is left to you: where the worker loads its processors, pass the path of the built file:
  QueueWorkerModule.load(processors, { …, sandbox: new URL('./sandbox.js', import.meta.url) })`;

/** Whether a file of the worker, beside its `main.ts`, names the built sandbox; true if it need not. */
function passesSandbox({ isolation, worker }: ProcessorPlan, { files }: QueueWorkspace): boolean {
  const { sourceRoot } = worker;
  return (
    isolation === undefined ||
    files
      .children(sourceRoot)
      .filter((name) => name.endsWith('.ts'))
      .some((name) => files.read(`${sourceRoot}/${name}`, 'utf-8')?.includes('sandbox.js') ?? false)
  );
}
