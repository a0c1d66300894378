/** The one place where a front end keeps what it was sent: frames in, changes out. */

import type { Frame } from "./events.ts";
import type { Lines } from "./lines.ts";
import type { TaskId, View } from "./picture.ts";

/**
 * What a frame changed.
 *
 * `shape`: tasks came or went, so places are to be found again. `tasks`: those whose state or other
 * values changed. `lines`: output came. `all`: it was a snapshot, and nothing known before counts.
 */
export interface Change {
  readonly shape: boolean;
  readonly tasks: ReadonlySet<TaskId>;
  readonly lines: boolean;
  readonly all: boolean;
}

/** What is seen now; its values are read after each change. */
export interface Store {
  readonly view: View;
  readonly lines: Lines;
  /** Take a frame; "gap" when one is missing before it: then a snapshot is to be asked for. */
  apply(frame: Frame): "applied" | "gap";
  /** Be told after each frame; returns the stop. */
  subscribe(listener: (change: Change) => void): () => void;
}
