/** What a server says of a file, asked without fetching it. */
export type FileAnswer =
  | { kind: 'size'; bytes: number }
  | { kind: 'absent' }
  /** Not now: too many ask, or it is out of order. Seconds that it asks to wait, where it says so. */
  | { kind: 'busy'; why: string; wait: number | undefined }
  | { kind: 'fault'; why: string };

/** Servers of input data. Never fails: what does not answer is an answer too. */
export interface FileServers {
  /** Asked once, with HEAD. */
  ask(url: string): Promise<FileAnswer>;
}
