/** What is known of the task or the group that is picked; of all tasks when none is. */

import { createPacer, element, fill, type Scope } from "./dom.ts";
import { groupCard } from "./groupcard.ts";
import type { TaskView } from "./picture.ts";
import type { Selection } from "./selection.ts";
import type { Change, Store } from "./store.ts";
import { lastLines, signatureOf, taskCard } from "./taskcard.ts";

export interface Inspector {
  readonly element: HTMLElement;
  note(change: Change): void;
  draw(): void;
}

const RARELY = 500; // ms between two drawings of many tasks, which change all the time

export function createInspector(scope: Scope, store: Store, selection: Selection): Inspector {
  const holder = element("section", {
    class: "inspector",
    "aria-label": "Inspector",
    tabindex: 0,
    "data-part": "inspector",
  });
  let drawn: readonly unknown[] = [];
  let round = 0; // of changes that concern groups
  const put = (signature: readonly unknown[], make: () => HTMLElement): void => {
    if (isSame(signature, drawn)) return;
    const isOther = drawn[0] !== signature[0];
    drawn = signature;
    keepPlace(holder, () => fill(holder, make()));
    if (isOther) holder.scrollTop = 0;
  };
  const drawMany = (): void => {
    const { current } = selection;
    if (taskOf(store, selection) === undefined) {
      put([current, round], () => groupCard(store.view, current));
    }
  };
  const wish = createPacer(scope, drawMany, () => RARELY);
  followLinks(holder, scope, selection);
  return {
    element: holder,
    note(change) {
      if (change.all || change.shape || change.tasks.size > 0) round += 1;
    },
    draw() {
      const task = taskOf(store, selection);
      if (task === undefined) {
        if (drawn[0] === selection.current && drawn.length > 0) wish();
        else drawMany();
        return;
      }
      const said = lastLines(store, task.id);
      put([...signatureOf(store.view, task), ...said], () => taskCard(store.view, task, said));
    },
  };
}

function taskOf({ view }: Store, { current }: Selection): TaskView | undefined {
  return current?.kind === "task" ? view.tasks.get(current.task) : undefined;
}

/** Links pick what they lead to; one listener for all, since cards come and go. */
function followLinks(holder: HTMLElement, scope: Scope, selection: Selection): void {
  scope.listen(holder, "click", (event: Event) => {
    const link = (event.target as Element).closest("[data-task],[data-group]");
    const task = link?.getAttribute("data-task") ?? null;
    const group = link?.getAttribute("data-group") ?? null;
    if (task !== null) selection.pick({ kind: "task", task: Number(task) });
    else if (group !== null) selection.pick(group === "" ? null : { kind: "group", path: group });
  });
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
