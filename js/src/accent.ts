/** What stands out in the drawing: the picked box with all it needs and feeds, and what is looked for. */

import type { TaskId } from "./picture.ts";
import { type Line, reach, type Scene } from "./scene.ts";
import type { Picked } from "./selection.ts";

export interface Accent {
  readonly picked: number | null;
  /** Whether a box is needed by the picked one, needs it, or is in the picked group. */
  isRelated(box: number): boolean;
  /** Whether a box is not what the user looks for. */
  isDim(box: number): boolean;
  /** Whether a line begins or ends at the picked box. */
  touches(line: Line): boolean;
  /** Whether a line is on a way from or to the picked box. */
  follows(line: Line): boolean;
}

const NONE: ReadonlySet<number> = new Set();

/** `found` are the boxes that are looked for; null when nothing is. */
export function createAccent(
  scene: Scene,
  selected: Picked | null,
  found: ReadonlySet<number> | null,
): Accent {
  const picked = boxOfPicked(scene, selected);
  const above = picked === null ? NONE : reach(picked, scene.before);
  const below = picked === null ? NONE : reach(picked, scene.after);
  const members = picked === null ? membersOf(scene, selected) : NONE;
  return {
    picked,
    isRelated: (box) => above.has(box) || below.has(box) || members.has(box),
    isDim: (box) => found !== null && !found.has(box),
    touches: (line) => line.start === picked || line.end === picked,
    follows: ({ start, end }) =>
      (above.has(start) && (above.has(end) || end === picked)) ||
      (below.has(end) && (below.has(start) || start === picked)),
  };
}

/** The box of what is picked, or the group that it is collapsed into; null for an open group. */
export function boxOfPicked(scene: Scene, picked: Picked | null): number | null {
  if (picked === null) return null;
  if (picked.kind === "task") return scene.boxOf.get(picked.task) ?? null;
  const { path } = picked;
  const box = scene.boxes.findIndex(
    (each) => each.path !== null && (each.path === path || path.startsWith(`${each.path}/`)),
  );
  return box < 0 ? null : box;
}

/** What picks this box. */
export function pickOf(scene: Scene, place: number): Picked | null {
  const box = scene.boxes[place];
  if (box === undefined) return null;
  if (box.path !== null) return { kind: "group", path: box.path };
  const task = box.tasks[0];
  return task === undefined ? null : { kind: "task", task };
}

/** The boxes of these tasks. */
export function boxesOf(scene: Scene, tasks: Iterable<TaskId>): ReadonlySet<number> {
  const found = new Set<number>();
  for (const task of tasks) {
    const box = scene.boxOf.get(task);
    if (box !== undefined) found.add(box);
  }
  return found;
}

function membersOf(scene: Scene, picked: Picked | null): ReadonlySet<number> {
  if (picked === null || picked.kind === "task") return NONE;
  const found = new Set<number>();
  scene.boxes.forEach(({ name }, box) => {
    if (name === picked.path || name.startsWith(`${picked.path}/`)) found.add(box);
  });
  return found;
}
