/** All tasks as a treegrid: what the canvas shows, for readers of the screen and for the keyboard. */

import { createScope, element, setAttributes } from "./dom.ts";
import type { Group, Groups } from "./groups.ts";
import { flatten, type Item, openAtFirst } from "./items.ts";
import { createCursor } from "./outlinekeys.ts";
import { drawHeading, drawItem, keyOf, ROW } from "./outlinerow.ts";
import type { TaskId } from "./picture.ts";
import { createRows } from "./rows.ts";
import type { Picked, Selection } from "./selection.ts";
import type { Change, Store } from "./store.ts";

const AT_FIRST = 60; // rows that are open before the user says otherwise

export interface Outline {
  readonly element: HTMLElement;
  note(change: Change): void;
  draw(): void;
  destroy(): void;
}

/** `groups` is kept up to date by whoever made it. */
export function createOutline(store: Store, groups: Groups, selection: Selection): Outline {
  const scope = createScope();
  const model = createModel(store, groups, selection);
  const name = `fl-${Math.random().toString(36).slice(2)}`; // rows are named by the cursor
  const rows = createRows(
    scope,
    {
      height: ROW,
      head: ROW,
      key: (index) => keyOf(model.items[index]),
      make: () => element("div", { class: "row", role: "row" }),
      update(target, index) {
        const item = model.items[index];
        if (item === undefined) return;
        target.id = `${name}-${index}`;
        setAttributes(target, { "aria-rowindex": index + 2 });
        drawItem(target, item, { view: store.view, selection, isOpen: model.isOpen });
        target.classList.toggle("here", index === cursor.index);
      },
    },
    { role: "treegrid", tabindex: 0, "aria-label": "Tasks by group", "data-part": "outline" },
  );
  rows.element.prepend(drawHeading());
  rows.element.classList.add("outline");
  const draw = (): void => {
    model.bringUp();
    cursor.settle();
    rows.draw(model.items.length);
    setAttributes(rows.element, {
      "aria-rowcount": model.items.length + 1,
      "aria-activedescendant": rows.at(cursor.index)?.id,
    });
  };
  const cursor = createCursor({ scope, rows, model, selection, draw });
  return { element: rows.element, note: model.note, draw, destroy: scope.destroy };
}

/** What the outline shows, and in which order. */
export interface Model {
  readonly items: readonly Item[];
  isOpen(group: Group): boolean;
  setOpen(group: Group, open: boolean): void;
  labelOf(item: Item): string;
  /** The row of what is picked, -1 when it is not shown. */
  picked(): number;
  note(change: Change): void;
  /** Take in what was noted. */
  bringUp(): void;
}

export function createModel(store: Store, groups: Groups, selection: Selection): Model {
  const chosen = new Map<string, boolean>(); // groups that the user opened or closed
  let open: ReadonlySet<string> = new Set();
  let items: readonly Item[] = [];
  let search = "";
  let isStale = true; // rows come or go

  const isOpen = (group: Group): boolean =>
    chosen.get(group.path) ?? (search !== "" || open.has(group.path));
  return {
    get items() {
      return items;
    },
    isOpen,
    setOpen(group, now) {
      chosen.set(group.path, now);
      isStale = true;
    },
    labelOf: (item) =>
      item.kind === "group"
        ? item.group.name
        : (store.view.tasks.get(item.task)?.name.split("/").at(-1) ?? ""),
    picked: () => placeOf(items, selection.current),
    note(change) {
      if (change.all || change.shape) isStale = true;
    },
    bringUp() {
      if (!isStale && search === selection.search) return;
      search = selection.search;
      isStale = false;
      open = openAtFirst(groups.root, AT_FIRST);
      items = flatten(groups.root, isOpen, search === "" ? null : matching(store, search));
    },
  };
}

/** The row of what is picked, -1 when it is not shown. */
function placeOf(items: readonly Item[], picked: Picked | null): number {
  if (picked === null) return -1;
  return items.findIndex((item) =>
    picked.kind === "task"
      ? item.kind === "task" && item.task === picked.task
      : item.kind === "group" && item.group.path === picked.path,
  );
}

function matching(store: Store, search: string): (task: TaskId) => boolean {
  const wanted = search.toLowerCase();
  return (id) => store.view.tasks.get(id)?.name.toLowerCase().includes(wanted) ?? false;
}
