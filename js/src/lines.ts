/** The newest lines of output of all tasks, a bounded number; older ones are counted, not kept. */

import type { Entry, Said } from "./events.ts";
import type { TaskId } from "./picture.ts";

/** Lines that are kept. */
export const MOST_LINES = 20_000;

/** Characters of one line that are kept. */
export const MOST_CHARACTERS = 4_000;

export type Stream = "stdout" | "stderr" | "log" | "debug";

/** One line; `seq` rises from line to line, `at` is seconds since the epoch. */
export interface Line {
  readonly seq: number;
  readonly task: TaskId;
  readonly stream: Stream;
  readonly text: string;
  readonly at: number;
}

/**
 * The lines that are kept, oldest first.
 *
 * `first` is the `seq` of the oldest kept one and `next` that of the one to come, so line `seq`
 * stands at `at(seq)`. The last line of a task may still grow: it then has the same `seq`, and
 * `version` rises. `leftOut` counts the pieces of output that are missing.
 */
export interface Lines {
  readonly first: number;
  readonly next: number;
  readonly version: number;
  readonly leftOut: number;
  at(seq: number): Line | undefined;
  /** Lines from `seq` on, oldest first. */
  from(seq: number): Iterable<Line>;
}
