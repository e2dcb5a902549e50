import { requestsAtRate } from '../load/requests-at-rate';
import { readLoad, reportToBench } from './program-settings';

/** The clients: a process of their own, so that nothing but the machine is shared with the api. */
async function main(): Promise<void> {
  reportToBench({ result: await requestsAtRate(readLoad()) });
  process.removeAllListeners('disconnect');
  process.disconnect();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
