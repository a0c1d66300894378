/** What is known of the task or the group that is picked; of all tasks when none is. */

import { element, fill, type Scope } from "./dom.ts";
import { groupCard } from "./groupcard.ts";
import type { Selection } from "./selection.ts";
import type { Change, Store } from "./store.ts";
import { lastLines, signatureOf, taskCard } from "./taskcard.ts";

export interface Inspector {
  readonly element: HTMLElement;
  note(change: Change): void;
  draw(): void;
}

export function createInspector(scope: Scope, store: Store, selection: Selection): Inspector {
  const holder = element("section", {
    class: "inspector",
    "aria-label": "Inspector",
    tabindex: 0,
    "data-part": "inspector",
  });
  let drawn: readonly unknown[] = [];
  let round = 0; // of changes that concern groups

  scope.listen(holder, "click", (event: Event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-task],[data-group]");
    const { task, group } = button?.dataset ?? {};
    if (task !== undefined) selection.pick({ kind: "task", task: Number(task) });
    else if (group !== undefined)
      selection.pick(group === "" ? null : { kind: "group", path: group });
  });
  return {
    element: holder,
    note(change) {
      if (change.all || change.shape || change.tasks.size > 0) round += 1;
    },
    draw() {
      const { current } = selection;
      const task = current?.kind === "task" ? store.view.tasks.get(current.task) : undefined;
      const said = task === undefined ? [] : lastLines(store, task.id);
      const signature =
        task === undefined ? [current, round] : [...signatureOf(store.view, task), ...said];
      if (isSame(signature, drawn)) return;
      const other = drawn[0] !== signature[0];
      drawn = signature;
      const card =
        task === undefined ? groupCard(store.view, current) : taskCard(store.view, task, said);
      keepPlace(holder, () => fill(holder, card));
      if (other) holder.scrollTop = 0;
    },
  };
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((each, i) => each === other[i]);
}

/** Draw anew, and leave the keyboard and the scrolling where they were. */
function keepPlace(holder: HTMLElement, draw: () => void): void {
  const root = holder.getRootNode() as Document | ShadowRoot;
  const key = root.activeElement?.getAttribute("data-key") ?? null;
  const tops = new Map(
    scrollers(holder).map((each) => [each.getAttribute("data-scroll"), each.scrollTop]),
  );
  const top = holder.scrollTop;
  draw();
  holder.scrollTop = top;
  for (const each of scrollers(holder))
    each.scrollTop = tops.get(each.getAttribute("data-scroll")) ?? 0;
  if (key === null) return;
  const again = [...holder.querySelectorAll<HTMLElement>("[data-key]")];
  again.find((each) => each.getAttribute("data-key") === key)?.focus({ preventScroll: true });
}

function scrollers(holder: HTMLElement): HTMLElement[] {
  return [...holder.querySelectorAll<HTMLElement>("[data-scroll]")];
}
