/** The outline's rows as they are now: what is open, what is looked for, and where the pick stands. */

import { type Group, type Groups, isLeaf } from "./groups.ts";
import { flatten, type Item, openAtFirst } from "./items.ts";
import type { TaskId } from "./picture.ts";
import type { Picked, Selection } from "./selection.ts";
import type { Change, Store } from "./store.ts";

const AT_FIRST = 60; // rows that are open before the user says otherwise

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
  let uncovered: Picked | null = null;

  /** Open the groups around what is picked. */
  const uncover = (): void => {
    uncovered = selection.current;
    const task = uncovered?.kind === "task" ? groups.of(uncovered.task) : undefined;
    const inner = task !== undefined && isLeaf(task) ? task.parent : task;
    for (let each = inner ?? null; each !== null; each = each.parent) {
      if (isOpen(each)) continue;
      chosen.set(each.path, true);
      isStale = true;
    }
  };
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
      if (uncovered !== selection.current) uncover();
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
