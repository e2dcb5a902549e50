import { cpus, loadavg, totalmem } from 'node:os';

/** What the figures were measured on: without it they mean nothing to anybody else. */
export interface Machine {
  node: string;
  platform: string;
  cores: number;
  memoryGb: number;
  /** The load average of the last minute, before the first run and after the last. */
  load: [before: number, after: number];
}

/** Call it before the first run, and what it returns after the last. */
export function observeMachine(node = process.version): () => Machine {
  const before = load();
  return () => ({
    node,
    platform: `${process.platform} ${process.arch}`,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: [before, load()],
  });
}

export function describeMachine({ node, platform, cores, memoryGb, load }: Machine): string {
  const [before, after] = load;
  const busy =
    before > cores * 1.5
      ? ' The machine was busy with other work: compare the rows with each other, not with another run.'
      : '';
  return (
    `Node ${node}, ${platform}, ${cores} cores, ${memoryGb} GB; ` +
    `load ${before.toFixed(1)} before and ${after.toFixed(1)} after.${busy}`
  );
}

function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
