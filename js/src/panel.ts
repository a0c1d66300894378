/** One session in one element: head with progress, graph or outline, inspector, and log. */

import { createPacer, createScope, element, isPlainKey, type Scope } from "./dom.ts";
import type { HeadWishes } from "./head.ts";
import { createParts } from "./parts.ts";
import type { TaskId } from "./picture.ts";
import { createSelection, type Selection } from "./selection.ts";
import type { Store } from "./store.ts";
import { applyTheme } from "./theme.ts";

/** `stop` stops what runs: without it there is no such button. `title` stands for the name. */
export type Wishes = HeadWishes;

export interface Panel {
  destroy(): void;
  select(task: TaskId | null): void;
  /** Give the keyboard to what had it last. */
  focus(): void;
  /** Say something of the view itself, such as that the connection is lost; null takes it back. */
  notify(text: string | null): void;
}

/**
 * Show what the store sees inside this element, live, until `destroy`.
 *
 * It stands in a shadow tree of its own, so it need not be on the page yet. Its height is the CSS
 * property `--fl-height` of the host, 640px when there is none.
 */
export function createPanel(host: HTMLElement, store: Store, wishes: Wishes): Panel {
  const scope = createScope();
  const selection = createSelection();
  const shell = element("div");
  const shadow = shell.attachShadow({ mode: "open" });
  const attributes = { class: "fl", role: "group", "aria-label": "Flowlab", "data-part": "panel" };
  const root = element("div", attributes);
  shadow.append(root);
  host.append(shell);
  scope.add(() => shell.remove());

  const parts = createParts(root, store, selection, scope, wishes);
  const wish = createPacer(scope, parts.draw);
  applyTheme(shadow, root, scope, parts.recolour);
  scope.add(
    store.subscribe((change) => {
      parts.note(change);
      wish();
    }),
  );
  scope.add(selection.subscribe(parts.choose));
  keepKeys(root, selection, scope, parts.find);
  const focused = rememberFocus(root, scope);
  parts.draw();
  return {
    destroy: scope.destroy,
    select: (task) => selection.pick(task === null ? null : { kind: "task", task }),
    focus: () => focused()?.focus({ preventScroll: true }),
    notify: parts.notify,
  };
}

/** Keys without a chord stay here: in a notebook `dd` would delete the cell around the panel. */
function keepKeys(root: HTMLElement, selection: Selection, scope: Scope, find: () => void): void {
  scope.listen(root, "keydown", (event: KeyboardEvent) => {
    if (!isPlainKey(event)) return;
    const isWriting = (event.target as Element).matches("input, select");
    if (event.key === "/" && !isWriting) {
      event.preventDefault();
      find();
    } else if (event.key === "Escape" && !isWriting) selection.pick(null);
    event.stopPropagation();
  });
}

/** What had the keyboard last, for when the panel is moved on the page. */
function rememberFocus(root: HTMLElement, scope: Scope): () => HTMLElement | null {
  let last: HTMLElement | null = null;
  scope.listen(root, "focusin", (event: FocusEvent) => {
    last = event.target as HTMLElement;
  });
  return () => (last !== null && root.contains(last) ? last : null);
}
