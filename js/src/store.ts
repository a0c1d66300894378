/** The one place where a front end keeps what it was sent: frames in, changes out. */

import { type Draft, emptyDraft } from "./draft.ts";
import type { Delta, Frame, Snapshot } from "./events.ts";
import { fold } from "./fold.ts";
import { createLines, type Lines, type LinesDraft, linesOf } from "./lines.ts";
import type { TaskId, View } from "./picture.ts";
import { restore } from "./restore.ts";

/**
 * What a frame changed.
 *
 * `shape`: tasks came or went, so places are to be found again. `tasks`: those whose state, outputs
 * or other values changed, also those that went. `lines`: output came. `all`: it was a snapshot, and
 * nothing that was seen before counts; `tasks` is then empty.
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

interface Kept {
  draft: Draft;
  lines: LinesDraft;
  frame: number; // the last one taken; below 0 while a snapshot is awaited
}

/** A store of nothing, that waits for its snapshot. */
export function createStore(): Store {
  const kept: Kept = { draft: emptyDraft(), lines: createLines(), frame: -1 };
  const listeners = new Set<(change: Change) => void>();
  return {
    get view() {
      return kept.draft;
    },
    get lines() {
      return kept.lines;
    },
    apply(frame) {
      const change = frame.type === "Snapshot" ? begin(kept, frame) : go(kept, frame);
      if (!change) return "gap";
      for (const listener of [...listeners]) listener(change);
      return "applied";
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Begin anew with a snapshot; lines of the same epoch stay, for it holds the newest ones only. */
function begin(kept: Kept, frame: Snapshot): Change {
  const known = kept.draft.epoch === frame.epoch && kept.frame !== -1 ? kept.draft.trace_seq : 0;
  if (known === 0) kept.lines = createLines();
  const version = kept.lines.version;
  let sent = frame.left_out;
  for (const { seq, event } of frame.said) {
    if (event.type !== "Said") continue;
    sent += linesOf(event);
    if (seq > known) kept.lines.add(event);
  }
  kept.lines.expect(sent);
  kept.draft = restore(frame);
  kept.frame = frame.frame;
  const lines = known === 0 || kept.lines.version !== version;
  return { shape: true, tasks: new Set(), lines, all: true };
}

/** Go on with a delta; null when it is not the next one, and then none is until a snapshot. */
function go(kept: Kept, frame: Delta): Change | null {
  const { draft, lines } = kept;
  if (kept.frame < 0 || frame.epoch !== draft.epoch || frame.frame !== kept.frame + 1) {
    if (kept.frame >= 0) kept.frame = -2;
    return null;
  }
  kept.frame = frame.frame;
  draft.touched.clear();
  draft.shape = false;
  const version = lines.version;
  for (const entry of frame.entries) {
    if (fold(draft, entry) && entry.event.type === "Said") lines.add(entry.event);
  }
  lines.miss(frame.left_out);
  const tasks = new Set(draft.touched);
  const came = lines.version !== version || frame.left_out > 0;
  return { shape: draft.shape, tasks, lines: came, all: false };
}
