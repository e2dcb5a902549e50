import { API, portOf, startedApps } from './started-app';

const worker = (port: number, portVariable: string) => ({
  root: 'apps/some',
  tags: ['queue:worker'],
  targets: { build: { options: { image: { port, portVariable } } } },
});

test('npm start runs the api and every worker of the workspace, each with its port', () => {
  const apps = startedApps({
    worker: worker(3001, 'WORKER_HTTP'),
    jobs: { root: 'libs/jobs', tags: ['queue:jobs'] },
    media: worker(3002, 'MEDIA_HTTP'),
    bare: { root: 'apps/bare', tags: ['queue:worker'] },
  });
  expect(apps.map(({ project }) => project)).toEqual(['api', 'bare', 'media', 'worker']);
  expect(apps[0]).toBe(API);
  const env = { MEDIA_HTTP: '4002', WORKER_HTTP: 'off' };
  expect(apps.map((app) => portOf(app, env))).toEqual([3000, undefined, 4002, undefined]);
  expect(apps.map((app) => portOf(app, {}))).toEqual([3000, undefined, 3002, 3001]);
});
