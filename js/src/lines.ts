/** The newest lines of output of all tasks, a bounded number; older ones are counted, not kept. */

import type { Said } from "./events.ts";
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
 * `version` rises. `leftOut` counts the lines that are missing.
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

/** Lines that may be added to. */
export interface LinesDraft extends Lines {
  add(said: Said): void;
  /** So many lines will never come. */
  miss(lines: number): void;
  /** The sender has this many lines in all, by `linesOf`; what is not here is missing. */
  expect(lines: number): void;
}

/** A line that does not end yet: where it is, whose, and how much of it was cut off. */
interface Open {
  readonly seq: number;
  readonly assignment: number;
  readonly kept: string;
  readonly cut: number;
}

interface Ring {
  readonly most: number;
  readonly lines: Line[];
  readonly open: Map<string, Open>;
  next: number;
  version: number;
  received: number;
  missing: number;
}

/** No lines yet; `most` are kept. */
export function createLines(most = MOST_LINES): LinesDraft {
  const lines: Line[] = [];
  const ring: Ring = {
    ...{ most, lines, open: new Map<string, Open>() },
    ...{ next: 0, version: 0, received: 0, missing: 0 },
  };
  const first = () => Math.max(0, ring.next - most);
  const at = (seq: number) => (seq < first() ? undefined : lines[seq % most]);
  return {
    get first() {
      return first();
    },
    get next() {
      return ring.next;
    },
    get version() {
      return ring.version;
    },
    get leftOut() {
      return first() + ring.missing;
    },
    at: (seq) => (seq >= ring.next ? undefined : at(seq)),
    from: (seq) => walk(ring, Math.max(seq, first())),
    add: (said) => add(ring, said),
    miss: (lines) => {
      ring.missing += lines;
    },
    expect: (lines) => {
      ring.missing = Math.max(0, lines - ring.received);
    },
  };
}

/** How many lines a piece of output is: one at least, as the sender counts. */
export function linesOf({ text }: Said): number {
  return Math.max(1, text.split("\n").length - 1);
}

function* walk(ring: Ring, seq: number): Iterable<Line> {
  for (let i = seq; i < ring.next; i++) {
    const line = ring.lines[i % ring.most];
    if (line) yield line;
  }
}

function add(ring: Ring, said: Said): void {
  ring.received += linesOf(said);
  ring.version += 1;
  if (said.dropped > 0) push(ring, said, `… ${said.dropped} bytes left out`);
  const pieces = said.text.split("\n");
  const last = pieces.pop() ?? "";
  for (const piece of pieces) write(ring, said, piece, true);
  if (last) write(ring, said, last, false);
}

/** Write a piece at the end of the task's open line, or as a new line. */
function write(ring: Ring, said: Said, piece: string, isWhole: boolean): void {
  const key = keyOf(said);
  const before = ring.open.get(key);
  const open = before?.assignment === said.assignment ? before : undefined;
  const room = MOST_CHARACTERS - (open?.kept.length ?? 0);
  const more = beginning(piece, room);
  const kept = (open?.kept ?? "") + more;
  const cut = (open?.cut ?? 0) + piece.length - more.length;
  const text = cut > 0 ? `${kept} … ${cut} more characters` : kept;
  const seq = open ? rewrite(ring, open.seq, text) : push(ring, said, text);
  if (isWhole) ring.open.delete(key);
  else ring.open.set(key, { seq, assignment: said.assignment, kept, cut });
}

function push(ring: Ring, said: Said, text: string): number {
  const seq = ring.next;
  const gone = ring.lines[seq % ring.most];
  if (gone && ring.open.get(keyOf(gone))?.seq === gone.seq) ring.open.delete(keyOf(gone));
  const stream = said.stream as Stream; // the engine writes no other
  ring.lines[seq % ring.most] = { seq, task: said.task, stream, text, at: said.at };
  ring.next += 1;
  return seq;
}

function rewrite(ring: Ring, seq: number, text: string): number {
  const line = ring.lines[seq % ring.most];
  if (line?.seq === seq) ring.lines[seq % ring.most] = { ...line, text };
  return seq;
}

function keyOf(whose: { readonly task: TaskId; readonly stream: string }): string {
  return `${whose.task} ${whose.stream}`;
}

/** At most so many characters, and no half of a pair at the end. */
function beginning(text: string, room: number): string {
  if (text.length <= room) return text;
  const end = Math.max(0, room);
  const code = end > 0 ? text.charCodeAt(end - 1) : 0;
  return text.slice(0, code >= 0xd800 && code < 0xdc00 ? end - 1 : end);
}
