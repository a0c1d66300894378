/** The browser's end of a feed: frames into the store, and a snapshot asked for when one is missing. */

import type { Frame } from "./events.ts";
import type { Store } from "./store.ts";

/** What is asked of the other end. `hello` and `shown` want a snapshot; nothing comes after `hidden`. */
export type Wish = "hello" | "shown" | "hidden";

export interface Feed {
  readonly isShown: boolean;
  /** A frame came, as JSON. */
  take(text: string): void;
  /** The other end says which frame was its newest, in case that one was lost. */
  beat(epoch: number, frame: number): void;
  /** Somebody looks, or nobody any longer; a feed begins with nobody. */
  setShown(shown: boolean): void;
  /** Ask for nothing any longer. */
  destroy(): void;
}

/** ms until a snapshot that does not come is asked for again; doubled each time, up to the most. */
export const FIRST_PATIENCE = 1_000;
export const MOST_PATIENCE = 8_000;

export function createFeed(store: Store, ask: (wish: Wish) => void): Feed {
  let shown = false;
  let newest: { readonly epoch: number; readonly frame: number } | null = null;
  let patience = FIRST_PATIENCE;
  let timer: ReturnType<typeof setTimeout> | null = null; // runs while a snapshot is waited for

  const rest = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    patience = FIRST_PATIENCE;
  };
  const askForSnapshot = (wish: "hello" | "shown"): void => {
    ask(wish);
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(askForSnapshot, patience, "hello");
    patience = Math.min(MOST_PATIENCE, patience * 2);
  };
  const missSomething = (): void => {
    if (shown && timer === null) askForSnapshot("hello");
  };
  return {
    get isShown() {
      return shown;
    },
    take(text) {
      const frame = JSON.parse(text) as Frame;
      if (store.apply(frame) === "gap") {
        missSomething();
        return;
      }
      newest = frame;
      if (frame.type === "Snapshot") rest();
    },
    beat(epoch, frame) {
      if (newest === null || newest.epoch !== epoch || newest.frame !== frame) missSomething();
    },
    setShown(now) {
      if (now === shown) return;
      shown = now;
      if (shown) {
        askForSnapshot("shown");
      } else {
        rest();
        ask("hidden");
      }
    },
    destroy() {
      rest();
      shown = false;
    },
  };
}
