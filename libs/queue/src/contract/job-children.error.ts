import { QueueError } from '../errors/queue.error';

/**
 * A contract has children that cannot be: with deduplication or a limit by key, or such that lead back to the contract itself.
 *
 * To do: change the contract as the message says.
 *
 * @group Contracts and processors
 */
export class FlowContractError extends QueueError {
  readonly code = 'FLOW_CONTRACT';
  override readonly userFacing = true;

  constructor(
    /** The contract's name. */
    readonly job: string,
    /** What is wrong in it, such as `children.days`. */
    readonly option: string,
    problem: string,
  ) {
    super(`The option "${option}" of the contract "${job}" ${problem}`);
  }
}
