/** The cursor of the outline: arrows, Home and End, typed beginnings, and the pointer. */

import { isPlainKey, type Scope, taken } from "./dom.ts";
import type { Item } from "./items.ts";
import type { Model } from "./outlinemodel.ts";
import { keyOf } from "./outlinerow.ts";
import type { Rows } from "./rows.ts";
import type { Selection } from "./selection.ts";

const PAUSE = 800; // ms after which typed letters begin a new word

export interface Cursor {
  readonly index: number;
  /** Rows came or went: stay on the same one. */
  settle(): void;
}

interface Parts {
  readonly scope: Scope;
  readonly rows: Rows;
  readonly model: Model;
  readonly selection: Selection;
  draw(): void;
}

export function createCursor({ scope, rows, model, selection, draw }: Parts): Cursor {
  let index = 0;
  let key: string | number = "";
  let picked = selection.current;
  const typed = createTyping();
  const go = (to: number): void => {
    index = Math.max(0, Math.min(to, model.items.length - 1));
    key = keyOf(model.items[index]);
    rows.reveal(index);
    draw();
  };
  const toggle = (item: Item | undefined, open: boolean): void => {
    if (item?.kind !== "group") return;
    model.setOpen(item.group, open);
    draw();
  };
  const pick = (item: Item | undefined): void => {
    if (item === undefined) return;
    if (item.kind === "task") selection.pick({ kind: "task", task: item.task });
    else selection.pick({ kind: "group", path: item.group.path });
  };
  scope.listen(rows.element, "keydown", (event: KeyboardEvent) => {
    if (!isPlainKey(event)) return;
    const step = stepOf(event.key, { index, model, page: rows.page() });
    const item = model.items[index];
    if (step === null) {
      if (event.key.length !== 1) return;
      go(typed.find(event.key, index, model));
    } else if (step.kind === "go") go(step.to);
    else if (step.kind === "toggle") toggle(item, step.open);
    else if (step.kind === "pick") pick(item);
    else selection.pick(null);
    taken(event);
  });
  scope.listen(rows.body, "click", (event: MouseEvent) => {
    const target = event.target as Element;
    const at = Number(target.closest("[aria-rowindex]")?.getAttribute("aria-rowindex") ?? 0) - 2;
    const item = model.items[at];
    if (item === undefined) return;
    go(at);
    if (item.kind === "group" && target.closest(".twist") !== null)
      toggle(item, !model.isOpen(item.group));
    else pick(item);
  });
  return {
    get index() {
      return index;
    },
    settle() {
      if (picked !== selection.current) {
        picked = selection.current;
        const at = model.picked();
        if (at >= 0) {
          index = at;
          key = keyOf(model.items[index]);
          rows.reveal(index);
        }
      }
      if (keyOf(model.items[index]) === key) return;
      const at = model.items.findIndex((item) => keyOf(item) === key);
      index = at >= 0 ? at : Math.max(0, Math.min(index, model.items.length - 1));
      key = keyOf(model.items[index]);
    },
  };
}

type Step =
  | { readonly kind: "go"; readonly to: number }
  | { readonly kind: "toggle"; readonly open: boolean }
  | { readonly kind: "pick" }
  | { readonly kind: "leave" };

interface Where {
  readonly index: number;
  readonly model: Model;
  readonly page: number;
}

/** What a key means in the outline, or null when it is no such key. */
export function stepOf(key: string, { index, model, page }: Where): Step | null {
  const go = (to: number): Step => ({ kind: "go", to });
  const item = model.items[index];
  const isOpen = item?.kind === "group" && model.isOpen(item.group);
  switch (key) {
    case "ArrowDown":
      return go(index + 1);
    case "ArrowUp":
      return go(index - 1);
    case "PageDown":
      return go(index + page);
    case "PageUp":
      return go(index - page);
    case "Home":
      return go(0);
    case "End":
      return go(model.items.length - 1);
    case "ArrowRight":
      if (item?.kind !== "group") return go(index);
      return isOpen ? go(index + 1) : { kind: "toggle", open: true };
    case "ArrowLeft":
      return isOpen ? { kind: "toggle", open: false } : go(parentOf(model.items, index));
    case "Enter":
    case " ":
      return { kind: "pick" };
    case "Escape":
      return { kind: "leave" };
    default:
      return null;
  }
}

/** The row of the group that this row is in; the row itself on the top level. */
function parentOf(items: readonly Item[], index: number): number {
  const level = items[index]?.level ?? 1;
  for (let at = index - 1; at >= 0; at -= 1) if ((items[at]?.level ?? 1) < level) return at;
  return index;
}

export interface Typing {
  /** The row whose name begins with what was typed just now; the same row when there is none. */
  find(letter: string, index: number, model: Model): number;
}

/** Letters that are typed one soon after the other are one word. */
export function createTyping(): Typing {
  let word = "";
  let last = 0;
  return {
    find(letter, index, model) {
      const now = performance.now();
      word = now - last > PAUSE ? letter.toLowerCase() : word + letter.toLowerCase();
      last = now;
      const count = model.items.length;
      const from = word.length === 1 ? index + 1 : index; // a first letter leaves the row
      for (let step = 0; step < count; step += 1) {
        const item = model.items[(from + step) % count];
        if (item !== undefined && model.labelOf(item).toLowerCase().startsWith(word))
          return (from + step) % count;
      }
      return index;
    },
  };
}
