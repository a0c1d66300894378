/** Which boxes stand for the tasks that the store sees: laid out again only when these change. Pure. */

import type { Size } from "./camera.ts";
import { patternOf, REST, shown } from "./collapse.ts";
import { createGroups, type Groups } from "./groups.ts";
import type { State, TaskId } from "./picture.ts";
import { createScene, refilled, type Scene } from "./scene.ts";
import { createStanding, type Standing } from "./standing.ts";
import type { Change, Store } from "./store.ts";

export const BUDGET = 150; // boxes, but for those that the user opens

export interface Outlook {
  readonly scene: Scene;
  readonly standing: Standing;
  /** How often places were found. */
  readonly layouts: number;
  /** Take note of a change; whether something is to be drawn. */
  take(change: Change): boolean;
  /** Find the boxes again when they may be others; whether they are. */
  refresh(view: Size): boolean;
  /** Whether a box stands in a group that can be collapsed. */
  isGrouped(place: number): boolean;
  /** Show what is in the group of a box. */
  expand(place: number): void;
  /** Show the group around a box as one box. */
  collapse(place: number): void;
}

interface Opened {
  readonly opened: Set<string>;
  readonly closed: Set<string>;
}

const NOWHERE: Size = { width: 1, height: 1 };

export function createOutlook(store: Store): Outlook {
  const groups = createGroups();
  const wishes: Opened = { opened: new Set(), closed: new Set() };
  const state = (id: TaskId): State | undefined => store.view.tasks.get(id)?.state;
  let scene = createScene([], [], NOWHERE);
  let standing = createStanding([], state);
  let isStale = true;
  let layouts = 0;
  groups.update(store.view, { tasks: new Set(), all: true });
  return {
    get scene() {
      return scene;
    },
    get standing() {
      return standing;
    },
    get layouts() {
      return layouts;
    },
    take(change) {
      groups.update(store.view, change);
      if (change.all || change.shape) isStale = true;
      else standing.update(change.tasks, state);
      return isStale || change.tasks.size > 0;
    },
    refresh(view) {
      if (!isStale || view.width === 0) return false;
      isStale = false;
      const { contents, edges } = shown(store.view, groups.root, BUDGET, wishes);
      const same = refilled(scene, contents, edges);
      if (same === null) layouts += 1;
      scene = same ?? createScene(contents, edges, view);
      standing = createStanding(
        contents.map((content) => content.tasks),
        state,
      );
      return true;
    },
    isGrouped: (place) => groupAround(scene, groups, wishes, place) !== null,
    expand(place) {
      const path = scene.boxes[place]?.path;
      if (path === null || path === undefined) return;
      wishes.closed.delete(path);
      wishes.opened.add(path);
      isStale = true;
    },
    collapse(place) {
      const path = groupAround(scene, groups, wishes, place);
      if (path === null) return;
      wishes.opened.delete(path);
      if (groups.at(path) !== undefined) wishes.closed.add(path);
      isStale = true;
    },
  };
}

/** The nearest group that holds more than the box: one of names, or of numbers that was opened. */
function groupAround(
  { boxes }: Scene,
  groups: Groups,
  { opened }: Opened,
  place: number,
): string | null {
  const box = boxes[place];
  if (box === undefined) return null;
  const own = groups.at(box.name);
  for (let group = own ?? null; group !== null; group = group.parent) {
    if (group.path !== "" && group.total > box.tasks.length) return group.path;
  }
  // What was brought together by the budget alone, and opened, goes back into one box.
  return [patternOf(box.name), REST].find((name) => name !== box.path && opened.has(name)) ?? null;
}
