import { lineOf } from '../../workspace/parse-source';
import { packageManager, type QueueWorkspace } from '../../workspace/index';
import type { Conversion } from './plan-convert';
import type { Note } from './read-queues';

/** What a person does next, in the order in which it keeps jobs running. */
export function nextSteps(conversion: Conversion, { runtime }: QueueWorkspace): string {
  const { queue, names, worker, contract, processor, notes } = conversion;
  const { exec } = packageManager();
  const isRenamed = queue.name !== names.job;
  const steps = [
    `Build it:\n     ${exec} nx build ${worker.name}\n   What it takes from an application can be allowed for now, with "allow" in the options of the build, and of the ESLint rule @nx/enforce-module-boundaries.`,
    ...(queue.processors.length > 0
      ? [
          `Stop the old processor: remove it from the providers of its module, and then its file.\n${list(
            queue.processors.map(({ file, node }) => ({
              file,
              line: lineOf(node, node.getSourceFile()),
              text: node.name?.text ?? '',
            })),
          )}`,
        ]
      : []),
    isRenamed
      ? `The queue is named "${names.job}" now, as "${queue.name}" cannot be the name of a job. Change what adds to it in the same deploy (below), and when the old processor has stopped, move what waits:\n     ${exec} queue move --from=${queue.name} --to=${names.job}`
      : `Jobs that are in Redis run on, and what adds to "${queue.name}" with BullMQ may stay until you change it.`,
    ...(queue.adds.length > 0
      ? [
          `Change what adds jobs, place by place, to the producer of the contract: @InjectJob(${names.constant}) and QueueModule.forFeature(${names.constant}) of ${runtime.producer}.\n${list(additions(conversion))}`,
        ]
      : []),
    ...(queue.registrations.length > 0
      ? [
          `When nothing adds with BullMQ any more, remove the queue:\n${list(
            queue.registrations.map(({ file, line }) => ({ file, line, text: 'registerQueue' })),
          )}`,
        ]
      : []),
  ];
  return [
    `\nThe queue "${queue.name}" of @nestjs/bullmq has a contract${processor === undefined ? '' : ` and a processor in "${worker.name}"`}:`,
    `  ${contract.file}`,
    ...(processor === undefined ? [] : [`  ${processor}`]),
    ...(notes.length > 0
      ? [
          '',
          `Not converted, ${notes.length === 1 ? 'one place' : `${notes.length} places`}:`,
          list(notes, '  '),
        ]
      : []),
    '',
    'Next:',
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    '',
  ].join('\n');
}

function additions({ queue, names, hasNames }: Conversion): Note[] {
  return queue.adds.map(({ file, line, name, data, node }) => {
    const given = data?.getText().replace(/\s+/g, ' ') ?? '{}';
    const [, , options] = node.arguments;
    const further =
      options && options !== data ? `, ${options.getText().replace(/\s+/g, ' ')}` : '';
    const written = hasNames ? `{ name: '${name ?? '…'}', data: ${given} }` : given;
    return { file, line, text: `${names.variable}Jobs.add(${written}${further})` };
  });
}

function list(notes: readonly Note[], indent = '     '): string {
  return notes.map(({ file, line, text }) => `${indent}${file}:${line}  ${text}`).join('\n');
}
