/** The lines of a log that are wanted, kept up as lines come and go. Pure. */

import type { Line, Lines, Stream } from "./lines.ts";
import type { TaskId } from "./picture.ts";

export interface Wanted {
  readonly text: string;
  readonly stream: Stream | null; // null for all
  readonly member: ((task: TaskId) => boolean) | null; // null for all
}

export interface Sieve {
  /** The wanted lines by their `seq`, oldest first. */
  readonly seqs: readonly number[];
  want(wanted: Wanted): void;
  /** Take in what is new; gives how many wanted lines went at the front, -1 when all is new. */
  catchUp(lines: Lines): number;
}

// Lines that may still have grown since they were looked at.
const AGAIN = 300;

export const EVERYTHING: Wanted = { text: "", stream: null, member: null };

export function createSieve(): Sieve {
  let wanted: Wanted = EVERYTHING;
  let seqs: number[] = [];
  let next = 0;
  let version = -1;
  let anew = true;

  const takeFrom = (lines: Lines, from: number): void => {
    while ((seqs.at(-1) ?? -1) >= from) seqs.pop();
    for (const line of lines.from(from)) if (isWanted(line, wanted)) seqs.push(line.seq);
    next = lines.next;
    version = lines.version;
  };
  return {
    get seqs() {
      return seqs;
    },
    want(now) {
      wanted = now;
      anew = true;
    },
    catchUp(lines) {
      if (anew || lines.next < next) {
        seqs = [];
        anew = false;
        takeFrom(lines, lines.first);
        return -1;
      }
      const gone = lowerBound(seqs, lines.first);
      if (gone > 0) seqs.splice(0, gone);
      if (lines.next !== next || lines.version !== version) {
        takeFrom(lines, Math.max(lines.first, next - AGAIN));
      }
      return gone;
    },
  };
}

export function isWanted(line: Line, { text, stream, member }: Wanted): boolean {
  if (stream !== null && line.stream !== stream) return false;
  if (member !== null && !member(line.task)) return false;
  return text === "" || line.text.toLowerCase().includes(text.toLowerCase());
}

/** How many of these rising numbers are below this one. */
export function lowerBound(numbers: readonly number[], least: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
