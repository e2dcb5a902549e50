import { addProjectConfiguration, type Tree } from '@nx/devkit';
import syncRegistries from '../generators/sync/sync';
import { queueTree, writeContract, writeProcessor } from './queue-tree';

/** The api of a workspace whose worker is `alpha`. */
export const CONSUMER = 'services/api/code/mails.ts';

/**
 * A workspace with two workers. `alpha` processes email and sms; the api adds email, and files for deployment select the
 * processors of both.
 */
export function grownTree(options: { contracts?: 'wildcard' | 'barrel' } = {}): Tree {
  const tree = queueTree({ workers: ['alpha', 'beta'], ...options });
  addProjectConfiguration(tree, 'api', { root: 'services/api', sourceRoot: 'services/api/code' });
  const contracts = options.contracts === 'barrel' ? '@acme/agreements' : undefined;
  for (const job of ['email', 'sms']) {
    writeContract(tree, job);
    const file = writeProcessor(tree, job, { worker: 'alpha' });
    const text = (tree.read(file, 'utf-8') ?? '').replace(
      'SomeProcessor',
      `${job[0]?.toUpperCase() ?? ''}${job.slice(1)}Processor`,
    );
    tree.write(file, contracts ? text.replace(`@acme/agreements/${job}`, contracts) : text);
  }
  if (contracts) {
    tree.write(
      'packages/agreements/source/index.ts',
      "export * from './email.job';\nexport { smsJob } from './sms.job';\n",
    );
  }
  tree.write(
    'services/alpha/code/processors/email/email.processor.spec.ts',
    "import { EmailProcessor } from './email.processor';\n\ndescribe(EmailProcessor.name, () => {});\n",
  );
  tree.write(
    CONSUMER,
    `import { emailJob } from '${contracts ?? '@acme/agreements/email'}';

export const jobs = { emailJob };
export const named = emailJob.name;
export function send(emailJobs: { add(job: typeof emailJob): void }): void {
  emailJobs.add(emailJob);
}
`,
  );
  tree.write('.env', 'ALPHA_PROCESSORS=email,sms\nBETA_PROCESSORS=thumbnail\n');
  tree.write(
    'deploy/alpha.yaml',
    'env:\n  - name: ALPHA_PROCESSORS\n    value: "email, fax, sms"\n  - name: OTHER\n    value: email\n',
  );
  syncRegistries(tree);
  return tree;
}
