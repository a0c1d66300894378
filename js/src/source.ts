/** The lines of a source with their numbers, and which of them failed. Pure. */

import type { Failure, PlaceView } from "./picture.ts";
import { block } from "./visible.ts";

export interface SourceLine {
  readonly number: number;
  readonly text: string;
  readonly bad: boolean;
}

export const MOST_SOURCE = 2_000; // lines that are shown

/**
 * What the user wrote, line by line.
 *
 * A cell is counted as the notebook counts it. Of a function nobody says where its file has it; a
 * traceback tells by the text of its own line, else it is counted from 1. Blank lines around it are
 * left out.
 */
export function sourceLines(
  source: string,
  place: PlaceView,
  failure: Failure | null,
): SourceLine[] {
  const lines = block(source).split("\n");
  const bad = findBad(lines, place, failure);
  const first = bad !== null && bad.number > bad.index ? bad.number - bad.index : 1;
  let from = 0;
  let to = Math.min(lines.length, MOST_SOURCE);
  while (from < to && lines[from]?.trim() === "") from += 1;
  while (to > from && lines[to - 1]?.trim() === "") to -= 1;
  return lines.slice(from, to).map((text, i) => ({
    number: first + from + i,
    text,
    bad: bad?.index === from + i,
  }));
}

/** Where the task was declared, for people; empty when nobody knows. */
export function tellPlace({ file, line, cell }: PlaceView): string {
  if (cell !== null) return `In [${cell}], line ${line}`;
  if (file === "") return "";
  // A cell of a notebook is compiled under a file name that nobody can open.
  if (/[\\/]ipykernel_\d+[\\/]|^<ipython-input/.test(file)) return `In a cell, line ${line}`;
  return `${file.split(/[\\/]/).at(-1)}:${line}`;
}

interface Frame {
  readonly number: number;
  readonly text: string;
}

interface Bad {
  readonly index: number;
  readonly number: number;
}

/** The innermost frame of the traceback whose line stands in this source. */
function findBad(lines: readonly string[], place: PlaceView, failure: Failure | null): Bad | null {
  if (failure === null) return null;
  const frames = framesOf(failure.traceback);
  for (const { number, text } of frames.reverse()) {
    if (lines[number - 1]?.trim() === text) return { index: number - 1, number };
    const index = lines.findIndex((line) => line.trim() === text);
    if (index >= 0) return { index, number };
  }
  const { line } = failure;
  if (place.cell === null || frames.length > 0 || line < 1 || line > lines.length) return null;
  return { index: line - 1, number: line };
}

function framesOf(traceback: string): Frame[] {
  const found: Frame[] = [];
  for (const [, number, text] of traceback.matchAll(/^ *File ".*", line (\d+).*\n *(\S.*)$/gm)) {
    found.push({ number: Number(number), text: block(text ?? "").trim() });
  }
  return found;
}
