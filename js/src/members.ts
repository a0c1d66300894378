/** Which tasks are meant by what is picked. Pure. */

import type { TaskId, TaskView, View } from "./picture.ts";
import type { Picked } from "./selection.ts";

/** A name without the slashes that mean nothing. */
export function pathOf(name: string): string {
  return name.includes("/")
    ? name
        .split("/")
        .filter((part) => part !== "")
        .join("/")
    : name;
}

/** Whether a task of this name belongs to this group; a `*` of the group stands for any number. */
export function isMember(name: string, group: string): boolean {
  const path = pathOf(name);
  if (isWithin(path, group)) return true;
  return group.includes("*") && isWithin(path.replace(/\d+/g, "*"), group);
}

/** The tasks that are picked, as they were submitted. */
export function pickedTasks(view: View, picked: Picked | null): TaskView[] {
  if (picked === null) return [...view.tasks.values()];
  const meant = memberOf(view, picked);
  return [...view.tasks.values()].filter((task) => meant(task.id));
}

/** Tells of a task whether it is picked; the answers for a group are remembered. */
export function memberOf(view: View, picked: Picked): (task: TaskId) => boolean {
  if (picked.kind === "task") return (task) => task === picked.task;
  const known = new Map<TaskId, boolean>();
  return (id) => {
    let meant = known.get(id);
    if (meant === undefined) {
      const task = view.tasks.get(id);
      if (task === undefined) return false; // it may come yet
      meant = isMember(task.name, picked.path);
      known.set(id, meant);
    }
    return meant;
  };
}

function isWithin(path: string, group: string): boolean {
  return path.startsWith(group) && (path.length === group.length || path[group.length] === "/");
}
