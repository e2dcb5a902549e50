/** A file as it was when something was built from it. */
export interface Stamp {
  /** Relative to the workspace root, or absolute. */
  readonly path: string;
  /** -1 if it was not there. */
  readonly size: number;
  readonly time: number;
  readonly hash: string;
}

/** What the program of the commands was built from: `current.json` in `FOLDER`. */
export interface ProgramRecord {
  /** Of the program, in `FOLDER`. */
  readonly folder: string;
  /** The hash of the texts that the program starts from. */
  readonly sources: string;
  /** The version of Node.js. */
  readonly node: string;
  readonly inputs: readonly Stamp[];
  /** The hash of the paths of `findMarkers`. */
  readonly markers: string;
}

export const FOLDER: string;
export function findProgram(root: string): string | undefined;
export function findMarkers(root: string): string[];
export function isUnchanged(root: string, known: Stamp): boolean;
export function stamp(root: string, path: string): Stamp;
export function hash(content: string | Uint8Array): string;
