import { schedule } from 'node-cron';

export async function work(): Promise<string> {
  let fired = 0;
  const first = new Promise<void>((resolve) => {
    const task = schedule('* * * * * *', async () => {
      fired += 1;
      await task.destroy();
      resolve();
    });
  });
  await first;
  return `fired ${fired}`;
}
