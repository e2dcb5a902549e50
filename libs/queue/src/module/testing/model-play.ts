import type { INestApplicationContext } from '@nestjs/common';
import { QueueAdmin } from '../../admin/queue-admin';
import { JobCancellation } from '../../cancel/job-cancellation';
import type { JobContract } from '../../contract/job-contract';
import { DeadJobs } from '../../dead/dead-jobs';
import { JobNotDeadError, RedriveRefusedError } from '../../dead/dead-jobs.errors';
import { getJobProducerToken } from '../../producer/inject-job.decorator';
import type { JobProducer } from '../../producer/job-producer';
import { flowJob, slotJob, taskJob } from './model-jobs';
import { journal, JobStory } from './model-journal';
import type { ModelSchedule } from './model-schedule';
import { QUEUES, type QueueName, type Step } from './model-steps';

type NewJob = Extract<Step, { do: 'add' }>['jobs'][number];

/** Does the steps of a sequence, and writes down what they answer. */
export class ModelPlayer {
  constructor(
    private readonly app: INestApplicationContext,
    private readonly schedule: ModelSchedule,
  ) {}

  async play(groups: readonly (readonly Step[])[]): Promise<void> {
    for (const group of groups) {
      // What is in an order, stays in it: nothing is said about a pause and a resume that cross.
      const others = group.filter((step) => !isOrdered(step));
      await Promise.all([
        this.inOrder(group.filter(isOrdered)),
        ...others.map((step) => this.do(step)),
      ]);
    }
  }

  private async inOrder(steps: readonly Step[]): Promise<void> {
    for (const step of steps) await this.do(step);
  }

  async resumeAll(): Promise<void> {
    for (const queue of QUEUES) await this.resume(queue);
  }

  async redriveAll(queue: QueueName): Promise<void> {
    const from = journal.now();
    await this.app.get(DeadJobs).redriveAll(queue);
    for (const story of journal.stories.values()) {
      story.redrives.push({ from, to: journal.now(), answer: false });
    }
  }

  private do(step: Step): Promise<unknown> {
    switch (step.do) {
      case 'add':
        return this.add(step);
      case 'add flow':
        return this.addFlow(step);
      case 'cancel':
        return this.cancel(step);
      case 'redrive':
        return this.redrive(step.target);
      case 'redrive all':
        return this.redriveAll(step.queue);
      case 'pause':
        return this.pause(step.queue);
      case 'resume':
        return this.resume(step.queue);
      case 'time':
        return this.schedule.goOn(step.seconds);
      case 'deploy':
        return this.schedule.deploy(step.worker, step.period);
      case 'catch up':
        return this.schedule.catchUp();
      case 'restart':
        return this.schedule.restart(step.worker);
    }
  }

  private async add({ queue, jobs }: Extract<Step, { do: 'add' }>): Promise<void> {
    const at = journal.now();
    const added =
      queue === 'task'
        ? await this.producer(taskJob).addBulk(jobs.map(taskOf))
        : await this.producer(slotJob).addBulk(jobs.map(slotOf));
    for (const { id } of added) journal.added(new JobStory(queue, id, at));
  }

  private async addFlow(step: Extract<Step, { do: 'add flow' }>): Promise<void> {
    const { parent, needed, tolerated, slots } = step;
    const at = journal.now();
    const data = { ...parent.behaviour, needed: needed.length, tolerated: tolerated.length };
    const { id } = await this.producer(flowJob).add(data, {
      children: {
        needed: needed.map(taskOf),
        tolerated: tolerated.map(taskOf),
        slots: slots.map(slotOf),
      },
    });
    journal.added(new JobStory('flow', id, at));
    for (const [group, children] of Object.entries({ needed, tolerated, slots })) {
      const queue = group === 'slots' ? 'slot' : 'task';
      const asChild = { id, isNeeded: group === 'needed' };
      for (const index of children.keys()) {
        journal.added(new JobStory(queue, `${id}.${group}.${index}`, at, asChild));
      }
    }
  }

  private async cancel({ target, wait }: Extract<Step, { do: 'cancel' }>): Promise<void> {
    const story = this.chosen(target);
    if (story === undefined) return;
    const from = journal.now();
    const answer = await this.app
      .get(JobCancellation)
      .cancel(story.queue, story.id, wait ? {} : { wait: 0 });
    story.cancels.push({ from, to: journal.now(), answer });
  }

  private async redrive(target: number): Promise<void> {
    const story = this.chosen(target);
    if (story === undefined) return;
    const from = journal.now();
    const hasRedriven = await this.app
      .get(DeadJobs)
      .redrive(story.queue, story.id)
      .then(() => true, unlessRefused);
    // Also of a child or a parent, if it was refused half-way.
    for (const each of familyOf(story)) {
      const answer = hasRedriven && each === story;
      each.redrives.push({ from, to: journal.now(), answer });
    }
  }

  private async pause(queue: QueueName): Promise<void> {
    await this.app.get(QueueAdmin).pause(queue);
    const pauses = journal.pauses.get(queue) ?? [];
    journal.pauses.set(queue, pauses);
    if (pauses.at(-1)?.to !== Infinity) pauses.push({ from: journal.now(), to: Infinity });
  }

  private async resume(queue: QueueName): Promise<void> {
    const last = journal.pauses.get(queue)?.at(-1);
    if (last?.to === Infinity) last.to = journal.now();
    await this.app.get(QueueAdmin).resume(queue);
  }

  private chosen(target: number): JobStory | undefined {
    const all = [...journal.stories.values()];
    // Late jobs more often: the early ones have ended.
    return all.at(-1 - (target % Math.max(1, Math.min(all.length, 12))));
  }

  private producer<Contract extends JobContract>(contract: Contract): JobProducer<Contract> {
    return this.app.get<JobProducer<Contract>>(getJobProducerToken(contract), { strict: false });
  }
}

function familyOf({ queue, id, parent }: JobStory): JobStory[] {
  const head = parent?.id ?? (queue === 'flow' ? id : undefined);
  return [...journal.stories.values()].filter((story) =>
    head === undefined
      ? story.queue === queue && story.id === id
      : (story.queue === 'flow' && story.id === head) || story.parent?.id === head,
  );
}

function isOrdered({ do: what }: Step): boolean {
  return ['pause', 'resume', 'time', 'deploy', 'catch up', 'restart'].includes(what);
}

function taskOf({ behaviour, delay, priority }: NewJob) {
  return { data: behaviour, options: { delay, priority } };
}

function slotOf(job: NewJob) {
  const { data, options } = taskOf(job);
  return { data: { ...data, tenant: job.tenant }, options };
}

function unlessRefused(error: unknown): false {
  if (error instanceof JobNotDeadError || error instanceof RedriveRefusedError) return false;
  throw error;
}
