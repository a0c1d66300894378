/**
 * Panels that lost their place wait here a moment for another one.
 *
 * When a graph is done its output is written anew, with the final picture beside the view. The
 * notebook then throws the view away and makes another: who had a task selected would lose it.
 */

import { createPanel, type Panel } from "./panel.ts";
import type { Store } from "./store.ts";

/** ms that a panel without a place is kept. */
export const KEPT = 3_000;

interface Kept {
  readonly host: HTMLElement;
  readonly panel: Panel;
  /** Whether it had the keyboard when its place was lost. */
  hadKeyboard: boolean;
  timer: ReturnType<typeof setTimeout> | null;
}

export interface Shelf {
  /** Put a panel into this element: one that waits, or a new one; returns what takes it out. */
  put(place: HTMLElement): () => void;
  destroy(): void;
}

export function createShelf(store: Store, stop: () => void): Shelf {
  const waiting: Kept[] = [];

  const drop = (kept: Kept): void => {
    if (kept.timer !== null) clearTimeout(kept.timer);
    const index = waiting.indexOf(kept);
    if (index >= 0) waiting.splice(index, 1);
    kept.panel.destroy();
    kept.host.remove();
  };
  const create = (): Kept => {
    const host = document.createElement("div");
    return { host, panel: createPanel(host, store, { stop }), hadKeyboard: false, timer: null };
  };
  const lay = (kept: Kept): void => {
    kept.hadKeyboard = hasKeyboard(kept.host);
    kept.host.remove();
    kept.timer = setTimeout(drop, KEPT, kept);
    waiting.push(kept);
  };
  return {
    put(place) {
      const kept = waiting.pop() ?? create();
      if (kept.timer !== null) clearTimeout(kept.timer);
      kept.timer = null;
      place.append(kept.host);
      requestAnimationFrame(() => giveKeyboardBack(kept)); // the place is not on the page yet
      return () => lay(kept);
    },
    destroy() {
      for (const kept of [...waiting]) drop(kept);
    },
  };
}

/** Give the keyboard back, unless something else has it by now. */
function giveKeyboardBack(kept: Kept): void {
  if (kept.hadKeyboard && document.activeElement === document.body) kept.panel.focus();
  kept.hadKeyboard = false;
}

/** Whether something in the host has the keyboard, in the page or in a shadow tree. */
function hasKeyboard(host: HTMLElement): boolean {
  const root = host.getRootNode();
  if (!(root instanceof Document || root instanceof ShadowRoot)) return false;
  return root.activeElement !== null && host.contains(root.activeElement);
}
