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
  /** Something happened to the connection: make sure that what is seen is the newest. */
  doubt(): void;
  /** Somebody looks, or nobody any longer; a feed begins with nobody. */
  setShown(shown: boolean): void;
  /** Ask for nothing any longer. */
  destroy(): void;
}

/** ms until a snapshot that does not come is asked for again; doubled each time, up to the most. */
export const FIRST_PATIENCE = 1_000;
export const MOST_PATIENCE = 8_000;

/** Times that a snapshot is asked for until the other end counts as silent. */
const ASKED = 3;

/** `setSilent` is told when nobody answers, so that what is seen may be old, and when one does again. */
export function createFeed(
  store: Store,
  ask: (wish: Wish) => void,
  setSilent: (silent: boolean) => void = () => undefined,
): Feed {
  let shown = false;
  let newest: { readonly epoch: number; readonly frame: number } | null = null;
  let asked = 0;
  let timer: ReturnType<typeof setTimeout> | null = null; // runs while a snapshot is waited for

  const rest = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    asked = 0;
  };
  const askForSnapshot = (wish: "hello" | "shown"): void => {
    ask(wish);
    if (timer !== null) clearTimeout(timer);
    const patience = Math.min(MOST_PATIENCE, FIRST_PATIENCE * 2 ** asked);
    timer = setTimeout(askForSnapshot, patience, "hello");
    asked += 1;
    if (asked === ASKED) setSilent(true);
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
      if (frame.type !== "Snapshot") return;
      if (asked >= ASKED) setSilent(false);
      rest();
    },
    doubt: missSomething,
    beat(epoch, frame) {
      if (newest === null || newest.epoch !== epoch || newest.frame !== frame) missSomething();
    },
    setShown(now) {
      if (now === shown) return;
      shown = now;
      if (shown) {
        askForSnapshot("shown");
      } else {
        if (asked >= ASKED) setSilent(false);
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
