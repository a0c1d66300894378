/** Links to tasks and groups, and lists of them: what picks them when it is used. */

import { type Child, element } from "./dom.ts";
import type { TaskView } from "./picture.ts";
import { sign } from "./signs.ts";
import { visible } from "./visible.ts";

export const MOST_ITEMS = 50; // of a list

/** A link to a task: its sign and its name; `key` tells it apart from others to the same task. */
export function taskLink(task: TaskView, key: string): HTMLElement {
  return element(
    "button",
    { type: "button", class: "link", "data-task": task.id, "data-key": `${key} ${task.id}` },
    sign(task.state),
    element("span", {}, visible(task.name)),
    element("span", { class: "unseen" }, `, ${task.state}`),
  );
}

/** A link to a group, or to all tasks when the path is empty. */
export function groupLink(path: string, words: string): HTMLElement {
  return element(
    "button",
    { type: "button", class: "link", "data-group": path, "data-key": `group ${path}` },
    element("span", {}, words),
  );
}

/** A heading and what belongs below it; nothing when there is nothing. */
export function section(heading: string, ...children: readonly Child[]): Child[] {
  if (children.every((child) => child === null)) return [];
  return [element("h4", {}, heading), ...children];
}

/** A list, of which no more than a page is shown; null when it is empty. */
export function list<T>(
  items: readonly T[],
  draw: (item: T) => readonly Child[],
): HTMLElement | null {
  if (items.length === 0) return null;
  const made = element("ul");
  for (const item of items.slice(0, MOST_ITEMS)) made.append(element("li", {}, ...draw(item)));
  if (items.length > MOST_ITEMS) {
    made.append(element("li", { class: "soft" }, `… and ${items.length - MOST_ITEMS} more`));
  }
  return made;
}

/** Pairs of a word and what is said of it; what is empty is left out. */
export function facts(pairs: readonly (readonly [string, Child])[]): HTMLElement {
  const made = element("dl");
  for (const [word, value] of pairs) {
    if (value === null || value === "") continue;
    made.append(element("dt", {}, word), element("dd", {}, value));
  }
  return made;
}
