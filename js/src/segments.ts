/** A small bar of progress with its words, for the list of sessions. */

import { element, setText } from "./dom.ts";
import type { State } from "./picture.ts";
import { type Progress, summary } from "./progress.ts";

// As in the panel's bar: from what is done to what is to come.
const ORDER: readonly State[] = ["finished", "cached", "failed", "skipped", "cancelled", "running"];

export interface Segments {
  readonly element: HTMLElement;
  /** `isKnown` is false when there is nothing to tell. */
  draw(progress: Progress, isKnown: boolean): void;
}

export function createSegments(): Segments {
  const parts = ORDER.map((state) => [state, element("span", { "data-state": state })] as const);
  const rest = element("span", { "data-state": "waiting" });
  const bar = element(
    "div",
    { class: "segments", "aria-hidden": "true" }, // the words beside it say the same
    ...parts.map(([, part]) => part),
    rest,
  );
  const words = element("span", { class: "words" });
  const whole = element("div", {}, bar, words);
  return {
    element: whole,
    draw(progress, isKnown) {
      whole.hidden = !isKnown;
      bar.hidden = progress.total === 0;
      let shown = 0;
      for (const [state, part] of parts) {
        part.style.flexGrow = String(progress.count(state));
        part.hidden = progress.count(state) === 0; // else its gap would be seen
        shown += progress.count(state);
      }
      rest.style.flexGrow = String(progress.total - shown);
      rest.hidden = progress.total === shown;
      setText(words, summary(progress));
    },
  };
}
