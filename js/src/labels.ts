/** Texts cut to the room they have on a canvas; what was measured once is remembered. */

import { visible } from "./visible.ts";

/** What of a canvas is written with. */
export type Scribe = Pick<
  CanvasRenderingContext2D,
  "fillText" | "fillStyle" | "font" | "direction" | "textAlign" | "textBaseline"
> & { measureText(text: string): { readonly width: number } };

export interface Labels {
  /** The text, or as much of its beginning as fits into this width with an ellipsis. */
  cut(pen: Scribe, text: string, width: number): string;
  /** The name, or when it is too long its last parts, behind an ellipsis. */
  name(pen: Scribe, name: string, width: number): string;
}

const LETTERS = 80; // no box has room for more
const TAIL = 4 * LETTERS; // of a name, in which its last parts are looked for
const REMEMBERED = 30_000;

export function createLabels(): Labels {
  const known = new Map<string, string>();
  const remember = (key: string, find: () => string): string => {
    const before = known.get(key);
    if (before !== undefined) return before;
    if (known.size >= REMEMBERED) known.clear();
    const found = find();
    known.set(key, found);
    return found;
  };
  return {
    cut: (pen, text, width) =>
      remember(
        `${pen.font}|${width}|${text.length <= LETTERS ? text : text.slice(0, LETTERS)}|${text.length}`,
        () => shorten(pen, text, width),
      ),
    name: (pen, name, width) =>
      remember(`${pen.font}|${width}/${brief(name)}`, () => {
        const whole = visible(name, LETTERS);
        if (fits(pen, whole, width) || !name.includes("/")) return shorten(pen, name, width);
        const parts = name.slice(-TAIL).split("/"); // the first one may be cut, and is not used
        for (let from = 1; from < parts.length; from += 1) {
          const end = visible(`…/${parts.slice(from).join("/")}`, LETTERS);
          if (fits(pen, end, width)) return end;
        }
        return shorten(pen, name.slice(name.lastIndexOf("/") + 1), width);
      }),
  };
}

/** What tells a name from others, though it may have a million letters. */
function brief(name: string): string {
  if (name.length <= 2 * TAIL) return name;
  return `${name.slice(0, TAIL)}|${name.slice(-TAIL)}|${name.length}`;
}

function shorten(pen: Scribe, text: string, width: number): string {
  const whole = visible(text, LETTERS);
  if (fits(pen, whole, width)) return whole;
  const letters = [...whole.replace(/…$/, "")];
  let [most, least] = [letters.length, 0];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(pen, `${letters.slice(0, middle).join("")}…`, width)) least = middle;
    else most = middle - 1;
  }
  return `${letters.slice(0, least).join("")}…`;
}

function fits(pen: Scribe, text: string, width: number): boolean {
  return pen.measureText(text).width <= width;
}
