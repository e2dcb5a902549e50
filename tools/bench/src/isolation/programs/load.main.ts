import { requestsAtRate } from '../load/requests-at-rate';
import { readLoad, reportToBench } from './program-settings';

/** The clients, in a separate process: they share nothing with the api but the machine. */
async function main(): Promise<void> {
  reportToBench({ result: await requestsAtRate(readLoad()) });
  process.removeAllListeners('disconnect');
  process.disconnect();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
