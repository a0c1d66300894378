/** A list of which only the rows that can be seen are on the page, so that thousands cost no more. */

import { element, type Scope } from "./dom.ts";

export interface Source {
  readonly height: number; // of a row, px
  readonly head?: number; // px at the top that a heading covers
  /** Tells rows apart, so that one that stays is not made again (and a selection in it stays). */
  key(index: number): string | number;
  make(index: number): HTMLElement;
  /** The row is on the page already: bring it up to date. */
  update(row: HTMLElement, index: number): void;
}

export interface Rows {
  readonly element: HTMLElement; // scrolls
  readonly body: HTMLElement; // holds the rows
  /** There are this many rows now, and they may have changed. */
  draw(count: number): void;
  /** As many rows were taken away at the top: what is seen stays where it is. */
  shift(count: number): void;
  reveal(index: number): void;
  toEnd(): void;
  isAtEnd(): boolean;
  /** The row's element, when it is on the page. */
  at(index: number): HTMLElement | undefined;
  /** Rows that fit. */
  page(): number;
}

const AROUND = 6; // rows that are drawn before and after those that are seen
const UNKNOWN = 320; // px, while the list is not on the page

export function createRows(scope: Scope, source: Source, attributes = {}): Rows {
  const body = element("div", { class: "all" });
  const scroller = element("div", { class: "rows", ...attributes }, body);
  let drawn = new Map<string | number, HTMLElement>();
  let count = 0;
  let top = 0; // where it was scrolled to: the page forgets that when the list is moved

  const height = (): number => (scroller.clientHeight || UNKNOWN) - (source.head ?? 0);
  const setTop = (to: number): void => {
    scroller.scrollTop = Math.max(0, Math.min(to, count * source.height - height()));
    top = scroller.scrollTop;
  };
  const place = (): void => {
    const first = Math.max(0, Math.floor(top / source.height) - AROUND);
    const last = Math.min(count, Math.ceil((top + height()) / source.height) + AROUND);
    const kept = new Map<string | number, HTMLElement>();
    for (let index = first; index < last; index += 1) {
      const key = source.key(index);
      const row = drawn.get(key) ?? source.make(index);
      drawn.delete(key);
      source.update(row, index);
      row.style.transform = `translateY(${index * source.height}px)`;
      kept.set(key, row);
    }
    for (const row of drawn.values()) row.remove();
    drawn = kept;
    attach(body, kept.values());
  };
  const look = (): void => {
    top = scroller.scrollTop;
    place();
  };
  scope.listen(scroller, "scroll", look, { passive: true });
  scope.watchSize(scroller, () => {
    if (scroller.clientHeight > 0) setTop(top);
    place();
  });
  return {
    element: scroller,
    body,
    draw(now) {
      count = now;
      body.style.height = `${count * source.height}px`;
      setTop(top);
      place();
    },
    shift(gone) {
      top = Math.max(0, top - gone * source.height);
    },
    reveal(index) {
      const from = index * source.height;
      if (from < top) setTop(from);
      else if (from + source.height > top + height()) setTop(from + source.height - height());
      place();
    },
    toEnd() {
      setTop(Number.MAX_SAFE_INTEGER);
      place();
    },
    isAtEnd: () => top + height() >= count * source.height - source.height,
    at: (index) => (index >= 0 && index < count ? drawn.get(source.key(index)) : undefined),
    page: () => Math.max(1, Math.floor(height() / source.height) - 1),
  };
}

/** In their order, since readers of the screen go by it; what stands right is not touched. */
function attach(body: HTMLElement, rows: Iterable<HTMLElement>): void {
  let next = body.firstChild;
  for (const row of rows) {
    if (row === next) next = next.nextSibling;
    else body.insertBefore(row, next);
  }
}
