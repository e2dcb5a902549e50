import { Inject, Injectable, Logger, type OnApplicationBootstrap, Optional } from '@nestjs/common';
import { ConnectionBudgetError } from './connection-budget.error';
import { ConnectionPools } from './connection-pools';
import { type ConnectionSum, type OtherConnections, sumConnections } from './connection-sums';

/** What the connections of this process are compared with. */
export interface ConnectionBudgetOptions {
  /**
   * How many processes like this one run.
   * @default 1
   */
  readonly replicas?: number;
  /** The most connections of all replicas to one server. @default what the server takes */
  readonly limit?: number | undefined;
  /**
   * `refuse`: a process that is over budget does not start; `warn`: it warns.
   * @default 'refuse'
   */
  readonly overBudget?: 'refuse' | 'warn';
  /** What is opened outside of the pools of this process. */
  readonly others?: readonly OtherConnections[];
  /** What a person may change, as the end of a sentence: "Lower X or Y". */
  readonly hint: string;
}

/** The injection token of the {@link ConnectionBudgetOptions}; from a global module. Without them nothing is compared. */
export const CONNECTION_BUDGET = Symbol('CONNECTION_BUDGET');

/**
 * Adds up, at start, how many connections this process and its replicas may open to each server, and logs it beside what
 * the server takes. Runs before jobs do: modules of a global module start first.
 */
@Injectable()
export class ConnectionBudget implements OnApplicationBootstrap {
  private readonly logger = new Logger('Connections');

  constructor(
    private readonly pools: ConnectionPools,
    @Optional() @Inject(CONNECTION_BUDGET) private readonly options?: ConnectionBudgetOptions,
  ) {}

  /** @throws ConnectionBudgetError if they are too many, unless only a warning is wanted. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.options === undefined) return;
    for (const sum of await sumConnections(this.pools.all(), this.options.others ?? [])) {
      this.compare(sum, this.options);
    }
  }

  private compare(
    { server, parts, sum, limit: taken }: ConnectionSum,
    { replicas = 1, limit = taken, overBudget = 'refuse', hint }: ConnectionBudgetOptions,
  ): void {
    const needed = sum * replicas;
    const list = parts.map(({ name, max }) => `${name} ${max}`).join(', ');
    const total = replicas === 1 ? `${needed}` : `${needed} (${replicas} replicas of ${sum})`;
    if (limit === undefined || needed <= limit) {
      const of = limit === undefined ? '' : ` of ${limit}`;
      this.logger.log(`Up to ${total}${of} to ${server}: ${list}.`);
      return;
    }
    const message = `Up to ${total} connections may be opened to ${server}, which takes ${limit}: ${list}. ${hint}`;
    if (overBudget === 'refuse') throw new ConnectionBudgetError(server, needed, limit, message);
    this.logger.warn(message);
  }
}
