/** How the boxes stand: tasks by state for each, kept up a change at a time. Pure. */

import { isGood, STATES, type State, stateIndex, type TaskId } from "./picture.ts";

// The state of a group is the first of these that one of its tasks has; as in view/svg.py.
export const FIRST: readonly State[] = [
  "failed",
  "running",
  "assigned",
  "ready",
  "waiting",
  "declared",
  "cancelled",
  "skipped",
  "finished",
  "cached",
];
const ORDER = FIRST.map(stateIndex);
const WIDTH = STATES.length;

export interface Standing {
  /** The state that a box is drawn in. */
  lead(box: number): State;
  count(box: number, state: State): number;
  total(box: number): number;
  /** Tasks that gave what they should. */
  good(box: number): number;
  /** These tasks have another state now, perhaps; whether any has. */
  update(tasks: Iterable<TaskId>, state: (task: TaskId) => State | undefined): boolean;
}

/** The standing of boxes that hold these tasks. */
export function createStanding(
  boxes: readonly (readonly TaskId[])[],
  state: (task: TaskId) => State | undefined,
): Standing {
  const counts = new Uint32Array(boxes.length * WIDTH);
  const leads = new Uint8Array(boxes.length);
  const owner = new Map<TaskId, number>();
  const known = new Map<TaskId, number>();
  const setLead = (box: number): void => {
    leads[box] = ORDER.find((place) => (counts[box * WIDTH + place] ?? 0) > 0) ?? 0;
  };
  const add = (box: number, place: number, by: number): void => {
    counts[box * WIDTH + place] = (counts[box * WIDTH + place] ?? 0) + by;
  };
  boxes.forEach((tasks, box) => {
    for (const task of tasks) {
      const place = stateIndex(state(task) ?? "waiting");
      owner.set(task, box);
      known.set(task, place);
      add(box, place, 1);
    }
    setLead(box);
  });
  const count = (box: number, one: State): number => counts[box * WIDTH + stateIndex(one)] ?? 0;
  return {
    lead: (box) => STATES[leads[box] ?? 0] ?? "waiting",
    count,
    total: (box) => boxes[box]?.length ?? 0,
    good: (box) => STATES.filter(isGood).reduce((sum, one) => sum + count(box, one), 0),
    update(tasks, now) {
      const touched = new Set<number>();
      for (const task of tasks) {
        const box = owner.get(task);
        const before = known.get(task);
        const after = now(task);
        if (box === undefined || before === undefined || after === undefined) continue;
        const place = stateIndex(after);
        if (place === before) continue;
        known.set(task, place);
        add(box, before, -1);
        add(box, place, 1);
        touched.add(box);
      }
      for (const box of touched) setLead(box);
      return touched.size > 0;
    },
  };
}
