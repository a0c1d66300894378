/** The rows of the outline, from the tree of groups: what is open shows what is in it. Pure. */

import { type Group, isLeaf } from "./groups.ts";
import type { TaskId } from "./picture.ts";

export type Item =
  | { readonly kind: "group"; readonly group: Group; readonly level: number; readonly place: Place }
  | { readonly kind: "task"; readonly task: TaskId; readonly level: number; readonly place: Place };

/** The how manieth of how many on its level, from 1. */
export interface Place {
  readonly at: number;
  readonly of: number;
}

/**
 * All rows; `wanted` leaves out other tasks, and groups without a wanted one.
 *
 * A name that is both a task and a group stands twice: as the group, and as a task in it.
 */
export function flatten(
  root: Group,
  isOpen: (group: Group) => boolean,
  wanted: ((task: TaskId) => boolean) | null = null,
): Item[] {
  const items: Item[] = [];
  const holds = wanted === null ? () => true : holding(wanted);
  const visit = (group: Group, level: number): void => {
    const tasks = wanted === null ? [...group.tasks] : [...group.tasks].filter(wanted);
    const below = [...group.below.values()].filter(holds);
    const of = tasks.length + below.length;
    let at = 0;
    for (const task of tasks) items.push({ kind: "task", task, level, place: { at: ++at, of } });
    for (const each of below) {
      const place = { at: ++at, of };
      if (isLeaf(each)) {
        for (const task of each.tasks) items.push({ kind: "task", task, level, place });
        continue;
      }
      items.push({ kind: "group", group: each, level, place });
      if (isOpen(each)) visit(each, level + 1);
    }
  };
  visit(root, 1);
  return items;
}

/** Groups to be open at first: whole levels, as long as the rows stay this few. */
export function openAtFirst(root: Group, most: number): Set<string> {
  const open = new Set<string>();
  let level = [root];
  let rows = root.tasks.size + root.below.size;
  while (level.length > 0) {
    const next = level.flatMap((each) => [...each.below.values()].filter((one) => !isLeaf(one)));
    rows += next.reduce((sum, each) => sum + each.tasks.size + each.below.size, 0);
    if (rows > most) return open;
    for (const each of next) open.add(each.path);
    level = next;
  }
  return open;
}

/** Whether a group holds a wanted task, found once for each. */
function holding(wanted: (task: TaskId) => boolean): (group: Group) => boolean {
  const known = new Map<Group, boolean>();
  const holds = (group: Group): boolean => {
    let answer = known.get(group);
    if (answer === undefined) {
      answer = [...group.tasks].some(wanted) || [...group.below.values()].some(holds);
      known.set(group, answer);
    }
    return answer;
  };
  return holds;
}
