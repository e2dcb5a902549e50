import { processVariables } from '@libs/config';
import { shutdownLimit } from '@libs/queue';
import { seconds, SHUTDOWN } from './shutdown-table';
import { readText } from './workspace';

const closing = {
  api: shutdownLimit(0, { runsJobs: false }),
  worker: shutdownLimit(0, { runsJobs: true }),
};

test('the variable of the deadline says how much longer closing may take', () => {
  const { description } = processVariables.SHUTDOWN_DEADLINE;
  expect(description).toContain(`up to ${seconds(Math.max(closing.api, closing.worker))} more`);
  expect(description).toContain(SHUTDOWN);
});

test('the page has a grace period to copy that is longer than stopping takes by default', () => {
  const page = readText(SHUTDOWN);
  const deadline = processVariables.SHUTDOWN_DEADLINE.parse(undefined);
  for (const [app, time] of Object.entries(closing)) {
    const row = new RegExp(`^\\| ${app} .*\\| (\\d+) +\\|$`, 'm').exec(page)?.[1];
    expect(Number(row) * 1_000).toBeGreaterThan(deadline + time);
  }
});
