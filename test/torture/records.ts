export type Side = 'local' | 'remote';

/** What names a content wherever it is: `<size>:<sha1>` of a file, `-> <target>` of a link. */
export type Content = string;

export interface Holding {
  path: string;
  content: Content;
}

/** One thing that was done to a side by its user, told by the one who did it. */
export interface Deed {
  /** Milliseconds since 1970. */
  at: number;
  what: string;
  /** Contents that are at these paths since then. */
  made: Holding[];
  /** Contents that were at these paths and were replaced, removed or moved away. */
  gone: Holding[];
  /** Contents that were there only on the way, while a file was being written. */
  states: Content[];
}

/** What a path holds, as both sides are compared. */
export interface Node {
  kind: 'file' | 'directory' | 'link' | 'other' | 'unreadable';
  executable?: boolean;
  content?: Content;
}

export type Look = Record<string, Node>;

export interface BatchResult {
  deeds: Deed[];
  /** What was seen in the tree before the batch began. */
  seen: Holding[];
}
