/** A bar between two parts of the room that is moved by pointer or keys. */

import { element, type Scope, setAttributes, taken } from "./dom.ts";

export interface Split {
  /** `horizontal` lies between an upper and a lower part, `vertical` between left and right. */
  readonly orientation: "horizontal" | "vertical";
  readonly label: string;
  readonly room: HTMLElement;
  /** The CSS property of the room that holds the share of the first part, or of the `last`. */
  readonly property: string;
  readonly last?: boolean;
  readonly share: number; // at first, of 1
}

const LEAST = 0.15;
const MOST = 0.8;
const STEP = 0.04;

export function createSplitter(scope: Scope, split: Split): HTMLElement {
  const { orientation, room, property, last = false } = split;
  const bar = element("div", {
    class: "splitter",
    role: "separator",
    tabindex: 0,
    "aria-orientation": orientation,
    "aria-label": split.label,
    "aria-valuemin": LEAST * 100,
    "aria-valuemax": MOST * 100,
    "aria-valuenow": Math.round(split.share * 100),
  });
  let share = split.share;
  const set = (to: number): void => {
    share = Math.min(MOST, Math.max(LEAST, to));
    room.style.setProperty(property, `${(share * 100).toFixed(1)}%`);
    setAttributes(bar, { "aria-valuenow": Math.round(share * 100) });
  };
  scope.listen(bar, "pointerdown", (event: PointerEvent) => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault(); // no text is to be selected on the way
    bar.focus();
  });
  scope.listen(bar, "pointermove", (event: PointerEvent) => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const area = room.getBoundingClientRect();
    const along =
      orientation === "horizontal"
        ? (event.clientY - area.top) / area.height
        : (event.clientX - area.left) / area.width;
    set(last ? 1 - along : along);
  });
  scope.listen(bar, "dblclick", () => set(split.share));
  scope.listen(bar, "keydown", (event: KeyboardEvent) => {
    const to = shareAfter(event.key, share, last);
    if (to === null) return;
    taken(event);
    set(to);
  });
  return bar;
}

/** The share of a part after a key, or null when the key means nothing here. */
export function shareAfter(key: string, share: number, last: boolean): number | null {
  const forth = last ? -STEP : STEP;
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return share + forth;
    case "ArrowLeft":
    case "ArrowUp":
      return share - forth;
    case "Home":
      return last ? MOST : LEAST;
    case "End":
      return last ? LEAST : MOST;
    default:
      return null;
  }
}
