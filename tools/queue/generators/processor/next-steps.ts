import { getPackageManagerCommand } from '@nx/devkit';
import type { QueueWorkspace } from '../../workspace';
import type { ProcessorPlan } from './plan';

/** What a person does next, with commands that work as printed. */
export function nextSteps(plan: ProcessorPlan, workspace: QueueWorkspace): string {
  const { exec } = getPackageManagerCommand();
  const { names, worker, contract } = plan;
  const constant = plan.adopted?.constant ?? names.constant;
  const overwritten = plan.overwritten.map((file) => `\nOverwritten: ${file}`).join('');
  const data = plan.adopted ? '{…}' : '{"id":"1"}';
  return `${overwritten}
Job "${names.job}" is registered in ${worker.name}. What it needs and returns: ${contract.file}
What it does: ${plan.processor}

Try it:
  ${exec} nx test ${worker.name} --testPathPatterns=${names.job}
  ${exec} nx serve ${worker.name}
  ${exec} nx run ${worker.name}:enqueue --job=${names.job} --data='${data}' --wait

Enqueue it from a Nest module (imports) and from a provider of it (constructor):
  import { ${constant} } from '${contract.specifier}';
  import { InjectJob, JobProducer, QueueModule } from '${workspace.runtime.producer}';

  QueueModule.forFeature(${constant})
  @InjectJob(${constant}) private readonly ${names.variable}: JobProducer<typeof ${constant}>
`;
}
