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
const RECENT = 1_000; // ms after a key or a turn of the wheel in which scrolling is the user's
const UNKNOWN = 320; // px, while the list is not on the page

export function createRows(scope: Scope, source: Source, attributes = {}): Rows {
  const body = element("div", { class: "all" });
  const scroller = element("div", { class: "rows", ...attributes }, body);
  const strip = createStrip(body, source);
  let count = 0;
  let top = 0; // where it was scrolled to: the page forgets that when the list is moved
  let room = UNKNOWN - (source.head ?? 0); // px; asking the page each time would cost a layout

  const place = (): void => strip.place(top, room, count);
  const setTop = (to: number): void => {
    const allowed = Math.max(0, Math.min(to, count * source.height - room));
    if (allowed === top) return;
    top = allowed;
    scroller.scrollTop = top;
  };
  const hand = createHand(scope, scroller);
  scope.listen(
    scroller,
    "scroll",
    () => {
      if (scroller.scrollTop === 0 && top > 0 && !hand.isNear()) scroller.scrollTop = top;
      else top = scroller.scrollTop;
      place();
    },
    { passive: true },
  );
  // A list that is moved on the page is back at its top: its style begins anew, and at times there
  // is a scrolling that no hand did.
  scope.listen(scroller, "animationstart", () => {
    scroller.scrollTop = top;
  });
  scope.watchSize(scroller, () => {
    if (scroller.clientHeight > 0) {
      const wasAtEnd = top >= count * source.height - room;
      room = scroller.clientHeight - (source.head ?? 0);
      setTop(wasAtEnd ? Number.MAX_SAFE_INTEGER : top);
      if (scroller.scrollTop !== top) scroller.scrollTop = top;
    }
    place();
  });
  return {
    element: scroller,
    body,
    draw(now) {
      if (count !== now) body.style.height = `${now * source.height}px`;
      count = now;
      setTop(top);
      place();
    },
    shift(gone) {
      setTop(top - gone * source.height);
    },
    reveal(index) {
      const from = index * source.height;
      if (from < top) setTop(from);
      else if (from + source.height > top + room) setTop(from + source.height - room);
      place();
    },
    toEnd() {
      setTop(Number.MAX_SAFE_INTEGER);
      place();
    },
    isAtEnd: () => top + room >= count * source.height - source.height,
    at: (index) => (index >= 0 && index < count ? strip.at(source.key(index)) : undefined),
    page: () => Math.max(1, Math.floor(room / source.height) - 1),
  };
}

/** Tells the user's scrolling from the page's. */
function createHand(scope: Scope, target: HTMLElement): { isNear(): boolean } {
  let isDown = false;
  let last = Number.NEGATIVE_INFINITY;
  const note = (): void => {
    last = performance.now();
  };
  for (const type of ["wheel", "touchmove", "keydown"]) {
    scope.listen(target, type, note, { passive: true });
  }
  scope.listen(target, "pointerdown", () => {
    isDown = true;
  });
  for (const type of ["pointerup", "pointercancel"]) {
    scope.listen(window, type, () => {
      if (isDown) note();
      isDown = false;
    });
  }
  return { isNear: () => isDown || performance.now() < last + RECENT };
}

interface Strip {
  /** Bring onto the page what is seen from `top` on, and take away all else. */
  place(top: number, room: number, count: number): void;
  at(key: string | number): HTMLElement | undefined;
}

interface Placed {
  readonly row: HTMLElement;
  index: number;
}

function createStrip(body: HTMLElement, source: Source): Strip {
  let drawn = new Map<string | number, Placed>();
  const take = (key: string | number, index: number): Placed => {
    const placed = drawn.get(key) ?? { row: source.make(index), index: -1 };
    drawn.delete(key);
    source.update(placed.row, index);
    if (placed.index !== index) {
      placed.index = index;
      placed.row.style.transform = `translateY(${index * source.height}px)`;
    }
    return placed;
  };
  return {
    place(top, room, count) {
      const first = Math.max(0, Math.floor(top / source.height) - AROUND);
      const last = Math.min(count, Math.ceil((top + room) / source.height) + AROUND);
      const kept = new Map<string | number, Placed>();
      for (let index = first; index < last; index += 1) {
        const key = source.key(index);
        kept.set(key, take(key, index));
      }
      for (const { row } of drawn.values()) row.remove();
      drawn = kept;
      attach(body, kept.values());
    },
    at: (key) => drawn.get(key)?.row,
  };
}

/** In their order, since readers of the screen go by it; what stands right is not touched. */
function attach(body: HTMLElement, rows: Iterable<Placed>): void {
  let next = body.firstChild;
  for (const { row } of rows) {
    if (row === next) next = next.nextSibling;
    else body.insertBefore(row, next);
  }
}
