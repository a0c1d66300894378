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
  /**
   * Rows came or went, or something was picked: stay on the same row, or go to the picked one.
   * Gives whether that is another place.
   */
  settle(): boolean;
}

interface Parts {
  readonly scope: Scope;
  readonly rows: Rows;
  readonly model: Model;
  readonly selection: Selection;
  draw(): void;
}

export function createCursor(parts: Parts): Cursor {
  const { rows, model, selection } = parts;
  let index = 0;
  let key: string | number = "";
  let picked = selection.current;
  const stand = (at: number): void => {
    index = Math.max(0, Math.min(at, model.items.length - 1));
    key = keyOf(model.items[index]);
  };
  const go = (to: number): void => {
    stand(to);
    rows.reveal(index);
    parts.draw();
  };
  const cursor: Cursor = {
    get index() {
      return index;
    },
    settle() {
      const before = index;
      const chosen = picked === selection.current ? -1 : model.picked();
      picked = selection.current;
      if (chosen >= 0) {
        stand(chosen);
        rows.reveal(index);
      } else if (keyOf(model.items[index]) !== key) {
        const at = model.items.findIndex((item) => keyOf(item) === key);
        stand(at >= 0 ? at : index);
      }
      return index !== before;
    },
  };
  followKeys(parts, cursor, go);
  followPointer(parts, go);
  return cursor;
}

function followKeys(parts: Parts, cursor: Cursor, go: (to: number) => void): void {
  const { scope, rows, model, selection } = parts;
  const typed = createTyping();
  scope.listen(rows.element, "keydown", (event: KeyboardEvent) => {
    if (!isPlainKey(event)) return;
    const { index } = cursor;
    const step = stepOf(event.key, { index, model, page: rows.page() });
    if (step === null) {
      if (event.key.length !== 1 || event.key === "/") return; // that one looks for a task
      go(typed.find(event.key, index, model));
    } else if (step.kind === "go") go(step.to);
    else if (step.kind === "toggle") toggle(parts, model.items[index], step.open);
    else if (step.kind === "pick") pick(selection, model.items[index]);
    else selection.pick(null);
    taken(event);
  });
}

function followPointer(parts: Parts, go: (to: number) => void): void {
  const { scope, rows, model, selection } = parts;
  scope.listen(rows.body, "click", (event: MouseEvent) => {
    const target = event.target as Element;
    const row = target.closest("[aria-rowindex]");
    const at = Number(row?.getAttribute("aria-rowindex") ?? 0) - 2;
    const item = model.items[at];
    if (item === undefined) return;
    go(at);
    if (item.kind === "group" && target.closest(".twist") !== null) {
      toggle(parts, item, !model.isOpen(item.group));
    } else pick(selection, item);
  });
}

function toggle({ model, draw }: Parts, item: Item | undefined, open: boolean): void {
  if (item?.kind !== "group") return;
  model.setOpen(item.group, open);
  draw();
}

function pick(selection: Selection, item: Item | undefined): void {
  if (item?.kind === "task") selection.pick({ kind: "task", task: item.task });
  else if (item !== undefined) selection.pick({ kind: "group", path: item.group.path });
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
