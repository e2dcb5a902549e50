import { QueueError } from '../../errors/queue.error';

/**
 * A worker has isolated processors, and the file that their sandboxes run is not given or does not exist.
 *
 * To do: pass `sandbox: new URL('./sandbox.js', import.meta.url)` to `QueueWorkerModule.load`, and build that
 * file beside the worker; or remove `isolation`.
 *
 * @group Contracts and processors
 */
export class SandboxMissingError extends QueueError {
  readonly code = 'SANDBOX_MISSING';
  override readonly userFacing = true;

  constructor(
    /** The processor classes. */
    readonly processors: readonly string[],
    /** Where the file should be, if the worker has given it. */
    readonly file?: string,
  ) {
    const are = processors.length === 1 ? 'is isolated' : 'are isolated';
    const what =
      file === undefined
        ? 'this worker does not say which file their sandboxes run. Pass `sandbox: new ' +
          "URL('./sandbox.js', import.meta.url)` to QueueWorkerModule.load"
        : `there is no ${file} for their sandboxes to run. It is built from the sandbox.ts beside the ` +
          "worker's main.ts, which the processor generator writes with --isolation";
    super(`${processors.join(', ')} ${are}, and ${what}; or remove \`isolation\`.`);
  }
}

/**
 * An isolated processor listens to its worker, which is in another process.
 *
 * To do: remove the `@OnWorkerEvent` methods, or `isolation`.
 *
 * @group Contracts and processors
 */
export class IsolatedEventsError extends QueueError {
  readonly code = 'ISOLATED_EVENTS';
  override readonly userFacing = true;

  constructor(
    /** The class. */
    readonly processor: string,
    readonly methods: readonly string[],
  ) {
    super(
      `${processor} is isolated, and its @OnWorkerEvent methods (${methods.join(', ')}) would never be ` +
        'called: the worker is in another process than the processor. Remove them, or remove ' +
        '`isolation`.',
    );
  }
}
