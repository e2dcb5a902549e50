import { shout } from './shout';

process.once('message', (text) => {
  process.send?.(shout(String(text)), () => {
    process.disconnect();
  });
});
