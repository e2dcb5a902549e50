/** A file as it was when something was built from it. */
export interface Stamp {
  /** Relative to the workspace root, or absolute. */
  readonly path: string;
  /** -1 if it was not there. */
  readonly size: number;
  readonly time: number;
  readonly hash: string;
}

/** A folder as it was, by which it is known whether files have come or gone. */
export interface FolderStamp {
  /** Relative to the workspace root, with a slash at its end; empty: the root itself. */
  readonly path: string;
  /** 0 if it had changed a moment before: its entries are looked at then. */
  readonly time: number;
  /** The names of what counts in it. */
  readonly entries: string;
}

/** Which files and folders count. */
export interface FolderFilter {
  readonly files: RegExp;
  /** Whether a folder of this name is read. */
  readonly enters: (name: string) => boolean;
}

/** A folder, and the names of what counts in it. */
export interface ListedFolder {
  /** Relative to the workspace root, with a slash at its end; empty: the root itself. */
  readonly path: string;
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** Which files and folders a program depends on by their being there. */
export interface WorkspaceStamp {
  readonly folders: readonly FolderStamp[];
  /** The hash of the paths of all files whose being there counts. */
  readonly markers: string;
}

/** What the program of the commands was built from: `current.json` in `FOLDER`. */
export interface ProgramRecord extends WorkspaceStamp {
  /** Of the program, in `FOLDER`. */
  readonly folder: string;
  /** The hash of the texts that the program starts from. */
  readonly sources: string;
  /** The version of Node.js. */
  readonly node: string;
  readonly inputs: readonly Stamp[];
}

export const FOLDER: string;
/** The files whose being there says what the workspace consists of. */
export const OF_MARKERS: FolderFilter;
export const PACKED: string;
export function findProgram(root: string): string | undefined;
export function findMarkers(root: string): string[];
export function readRecord(root: string): ProgramRecord | undefined;
export function isUpToDate(root: string, record: ProgramRecord): boolean;
/** @param filter by default that of the program of the commands */
export function isSameWorkspace(
  root: string,
  known: WorkspaceStamp,
  filter?: FolderFilter,
): boolean;
/** @param filter by default that of the program of the commands */
export function workspaceStamp(root: string, filter?: FolderFilter): WorkspaceStamp;
/** A folder and all below it. */
export function listFolders(root: string, filter: FolderFilter, path?: string): ListedFolder[];
/** The paths of the files in it, relative to the workspace root. */
export function pathsIn(folder: ListedFolder): string[];
export function folderStamps(root: string, folders: readonly ListedFolder[]): FolderStamp[];
/** Whether the same files and folders are in them. */
export function areSameFolders(
  root: string,
  folders: readonly FolderStamp[],
  filter: FolderFilter,
): boolean;
export function isUnchanged(root: string, known: Stamp): boolean;
export function stamp(root: string, path: string): Stamp;
export function hash(content: string | Uint8Array): string;
