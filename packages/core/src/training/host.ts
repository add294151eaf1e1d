/**
 * What a run asks of the machine that it runs on. The training path imports no `node:` module: the host of Node stands
 * in src/node, a browser would bring its own.
 */
export interface Host {
  join(...parts: string[]): string;
  relative(from: string, to: string): string;
  resolve(folder: string, path: string): string;
  /** Undefined where there is no such file. */
  readText(path: string): Promise<string | undefined>;
  readBytes(path: string): Promise<Uint8Array>;
  /** Replaces the file as a whole: a crash leaves the old one or the new one. */
  write(path: string, content: string | Uint8Array): Promise<void>;
  append(path: string, content: string | Uint8Array): Promise<void>;
  /** Cuts a file to its first bytes. */
  truncate(path: string, bytes: number): Promise<void>;
  /** Bytes of a file; 0 where there is none. */
  size(path: string): Promise<number>;
  makeFolder(path: string): Promise<void>;
  /** Renames a folder over another one. */
  replaceFolder(from: string, to: string): Promise<void>;
  /** Removes a file or folder, if it is there. */
  remove(path: string): Promise<void>;
  /**
   * Keeps others out of a folder, until the promise's function is called or the process is no more.
   *
   * @param lock name of the file in it that says who is at work there
   * @returns that function, or the number of the process that is at work there
   */
  claim?(folder: string, lock: string): Promise<number | (() => Promise<void>)>;
  /** Names in a folder; none where there is no folder. */
  list(folder: string): Promise<string[]>;
  /** Facts about the machine for the manifest. */
  machine(): Readonly<Record<string, string | number>>;
  /** SHA-256 of the bytes of a file, in hex; undefined where there is no such file. */
  hashFile?(path: string): Promise<string | undefined>;
  /** SHA-256 of all code in some folders, in hex. */
  hashCode?(folders: readonly URL[]): Promise<string>;
  /**
   * SHA-256 of a plugin's own file in its package's code, with what that imports from beside it, in hex; undefined where
   * no file is named as it is.
   */
  hashPlugin?(code: URL, kind: string, name: string): Promise<string | undefined>;
  /** Largest resident memory of the process so far, in MiB; left out where the host can't tell. */
  peakMemory?(): number;
}

/** The host of Node, imported where it is asked for. */
export async function nodeHost(): Promise<Host> {
  return (await import('../node/node-host.js')).nodeHost;
}
