import { cpus, loadavg, totalmem } from 'node:os';

/** The machine that the figures belong to. */
export interface Machine {
  node: string;
  platform: string;
  cores: number;
  memoryGb: number;
  /** The load average of the last minute, before the first run and after the last. */
  load: [before: number, after: number];
}

/** Call this before the first run, and the function that it returns after the last one. */
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
      ? ' The machine was busy: compare the rows with one another, not with another run.'
      : '';
  return (
    `Node ${node}, ${platform}, ${cores} cores, ${memoryGb} GB; ` +
    `load ${before.toFixed(1)} before and ${after.toFixed(1)} after.${busy}`
  );
}

function load(): number {
  return Math.round((loadavg()[0] ?? 0) * 10) / 10;
}
