/** Times are in milliseconds. */
export interface IsolationOptions {
  /** Counted rounds; one more is not counted. */
  rounds: number;
  /** Requests a second. */
  rate: number;
  /** When a client gives up. */
  timeout: number;
  warmUp: number;
  measured: number;
  /** Connections of each pool, and jobs that hold one. */
  pool: number;
  /** CPU-blocking jobs at the same time. */
  parallel: number;
  /** How long a CPU-blocking job takes on a free core. */
  block: number;
  /** How long a job holds its connection. */
  hold: number;
  /** Jobs that do nothing, to measure the cost of a job. */
  quick: number;
}
