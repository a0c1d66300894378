/** Finds tasks by a part of their name, and walks from one found task to the next. */

import { createDelay, element, type Scope, setText, taken } from "./dom.ts";
import type { TaskId, TaskView, View } from "./picture.ts";
import type { Selection } from "./selection.ts";
import { plural } from "./visible.ts";

const REST = 120; // ms without a key after which is searched

/** Tasks whose name holds this text, in whatever case; none for an empty text. */
export function findTasks(tasks: Iterable<TaskView>, text: string): TaskId[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const found: TaskId[] = [];
  for (const task of tasks) if (task.name.toLowerCase().includes(wanted)) found.push(task.id);
  return found;
}

/** The one after (or before) this one in a list, around its ends; the first when it is not there. */
export function neighbour<T>(list: readonly T[], one: T | null, step: 1 | -1): T | null {
  if (list.length === 0) return null;
  const at = one === null ? -1 : list.indexOf(one);
  if (at < 0) return list.at(step > 0 ? 0 : -1) ?? null;
  return list[(at + step + list.length) % list.length] ?? null;
}

export interface Search {
  readonly element: HTMLElement;
  draw(): void;
  focus(): void;
}

export function createSearch(scope: Scope, view: () => View, selection: Selection): Search {
  const field = createField();
  const told = element("span", { class: "soft", role: "status", "data-part": "found" });
  const typing = createDelay(scope, () => selection.setSearch(field.value.trim()), REST);
  const walk = (step: 1 | -1): void => {
    typing.settle();
    const found = findTasks(view().tasks.values(), selection.search);
    const next = neighbour(found, pickedTask(selection), step);
    if (next !== null) selection.pick({ kind: "task", task: next });
  };
  scope.listen(field, "input", typing.wish);
  scope.listen(field, "search", typing.settle); // the cross of the field was used
  scope.listen(field, "keydown", (event: KeyboardEvent) => {
    if (event.key === "Enter") walk(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape" && field.value !== "") {
      field.value = "";
      typing.settle();
    } else return;
    taken(event);
  });
  return {
    element: element("span", { class: "find" }, field, told),
    draw: () => setText(told, tell(view(), selection)),
    focus() {
      field.focus();
      field.select();
    },
  };
}

function createField(): HTMLInputElement {
  return element("input", {
    type: "search",
    placeholder: "Find a task",
    "aria-label": "Find a task by a part of its name",
    autocomplete: "off",
    spellcheck: "false",
    "data-part": "search",
  });
}

function pickedTask(selection: Selection): TaskId | null {
  return selection.current?.kind === "task" ? selection.current.task : null;
}

function tell(view: View, selection: Selection): string {
  if (selection.search === "") return "";
  const found = findTasks(view.tasks.values(), selection.search);
  const picked = pickedTask(selection);
  const at = picked === null ? -1 : found.indexOf(picked);
  return at < 0 ? plural(found.length, "task") : `${at + 1} of ${found.length}`;
}
