import type { Writable } from 'node:stream';

/**
 * Has all that is written in one turn of the event loop leave at its end, by one call of the system. ioredis writes each
 * command by itself, which is a quarter of the processor time of adding jobs side by side. Nothing leaves later than the
 * turn's last promise.
 */
export function joinWrites<Stream extends Writable>(stream: Stream): Stream {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let isJoining = false;
  stream.write = (...args: unknown[]) => {
    if (!isJoining) {
      isJoining = true;
      stream.cork();
      // Runs when no promise is left to be continued.
      process.nextTick(() => {
        isJoining = false;
        stream.uncork();
      });
    }
    return write(...args);
  };
  return stream;
}
