/**
 * Panels outlive their places: one that lost its place waits a moment for the next.
 *
 * When a graph is done its output is written anew, with the final picture beside the view. The
 * notebook then throws the view away and makes another, in either order, and sometimes forgets to
 * end the first: who had a task selected would lose it.
 */

import { createScope, type Scope } from "./dom.ts";
import { createPanel, type Panel } from "./panel.ts";
import type { Store } from "./store.ts";

/** ms that a panel without a place is kept. */
export const KEPT = 3_000;

interface Kept {
  readonly host: HTMLElement;
  readonly panel: Panel;
  readonly scope: Scope;
  hadKeyboard: boolean;
  timer: ReturnType<typeof setTimeout> | null;
}

interface Place {
  readonly element: HTMLElement;
  kept: Kept | null;
  /** Whether it was on the page: one that was and is no longer was thrown away. */
  wasThere: boolean;
}

export interface Shelf {
  /** Put a panel into this element: one without a place, or a new one; returns what takes it out. */
  put(element: HTMLElement): () => void;
  /** Say something of the connection in each panel; null takes it back. */
  notify(text: string | null): void;
  destroy(): void;
}

export function createShelf(store: Store, stop: () => void): Shelf {
  const all = new Set<Kept>();
  const waiting: Kept[] = [];
  let notice: string | null = null;
  const places = new Set<Place>();

  const drop = (kept: Kept): void => {
    if (kept.timer !== null) clearTimeout(kept.timer);
    const index = waiting.indexOf(kept);
    if (index >= 0) waiting.splice(index, 1);
    all.delete(kept);
    kept.scope.destroy();
    kept.panel.destroy();
    kept.host.remove();
  };
  const lay = (kept: Kept): void => {
    kept.host.remove();
    kept.timer = setTimeout(drop, KEPT, kept);
    waiting.push(kept);
  };
  const create = (): Kept => {
    const kept = createKept(store, stop);
    all.add(kept);
    if (notice !== null) kept.panel.notify(notice);
    return kept;
  };
  const fill = (place: Place): void => {
    const kept = waiting.pop() ?? takeFromLost(places) ?? create();
    if (kept.timer !== null) clearTimeout(kept.timer);
    kept.timer = null;
    place.kept = kept;
    place.element.append(kept.host);
    requestAnimationFrame(() => giveKeyboardBack(kept)); // the place is not on the page yet
  };
  return {
    put(element) {
      const place: Place = { element, kept: null, wasThere: false };
      const scope = createScope();
      fill(place);
      places.add(place);
      scope.watchSize(element, () => {
        place.wasThere ||= element.isConnected;
        if (element.isConnected && place.kept === null) fill(place); // it was only out of the page
      });
      return () => {
        scope.destroy();
        places.delete(place);
        if (place.kept !== null) lay(place.kept);
        place.kept = null;
      };
    },
    notify(text) {
      notice = text;
      for (const kept of all) kept.panel.notify(text);
    },
    destroy() {
      for (const kept of [...waiting]) drop(kept);
    },
  };
}

function createKept(store: Store, stop: () => void): Kept {
  const host = document.createElement("div");
  const scope = createScope();
  const panel = createPanel(host, store, { stop });
  const kept: Kept = { host, panel, scope, hadKeyboard: false, timer: null };
  scope.listen(host, "focusin", () => {
    kept.hadKeyboard = true;
  });
  // A host that is taken off the page loses the keyboard too, and is to get it back
  scope.listen(host, "focusout", () =>
    queueMicrotask(() => {
      if (host.isConnected) kept.hadKeyboard = false;
    }),
  );
  return kept;
}

/** The panel of a place that is on the page no longer. */
function takeFromLost(places: ReadonlySet<Place>): Kept | null {
  for (const place of places) {
    if (place.wasThere && !place.element.isConnected && place.kept !== null) {
      const { kept } = place;
      place.kept = null;
      return kept;
    }
  }
  return null;
}

/** Give the keyboard back, unless something else has it by now. */
function giveKeyboardBack(kept: Kept): void {
  if (kept.hadKeyboard && document.activeElement === document.body) kept.panel.focus();
}
