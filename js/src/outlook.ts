/** Which boxes stand for the tasks that the store sees: laid out again only when these change. */

import type { Size } from "./camera.ts";
import { REST as LEFT, patternOf, shown } from "./collapse.ts";
import { createGroups, type Groups } from "./groups.ts";
import type { State, TaskId } from "./picture.ts";
import { BUDGET, readableAim } from "./readable.ts";
import { createScene, refilled, type Scene } from "./scene.ts";
import { createStanding, type Standing } from "./standing.ts";
import type { Change, Store } from "./store.ts";

export interface Outlook {
  readonly scene: Scene;
  readonly standing: Standing;
  /** How often places were found. */
  readonly layouts: number;
  /** Take note of a change; whether something is to be drawn. */
  take(change: Change): boolean;
  /** Find the boxes again when they may be others; whether they are. */
  refresh(view: Size): boolean;
  /** How long `refresh` still does nothing though it is due, in ms: finding boxes takes its time. */
  rest(): number;
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

const REST = 4; // for each ms that the boxes are looked for, the page has so many for other things
const NOWHERE: Size = { width: 1, height: 1 };

/** `clock` gives ms. */
export function createOutlook(store: Store, clock = () => performance.now()): Outlook {
  const groups = createGroups();
  const wishes: Opened = { opened: new Set(), closed: new Set() };
  const pause = createPause(clock);
  const state = (id: TaskId): State | undefined => store.view.tasks.get(id)?.state;
  const around = (place: number): string | null => groupAround(scene, groups, wishes, place);
  let scene = createScene([], [], NOWHERE);
  let standing = createStanding([], state);
  let isStale = true;
  let aim: number | null = null; // null when there are other tasks than it was found for
  let layouts = 0;
  const find = (view: Size): void => {
    aim ??= readableAim(store.view, groups.root, view);
    const limits = { budget: BUDGET, aim };
    const { contents, edges } = shown(store.view, groups.root, limits, wishes);
    const same = refilled(scene, contents, edges);
    if (same === null) layouts += 1;
    scene = same ?? createScene(contents, edges, view);
    standing = createStanding(
      contents.map((content) => content.tasks),
      state,
    );
  };
  const reopen = (path: string | null | undefined, open: boolean): void => {
    if (path === null || path === undefined) return;
    (open ? wishes.closed : wishes.opened).delete(path);
    if (open) wishes.opened.add(path);
    else if (groups.at(path) !== undefined) wishes.closed.add(path);
    isStale = true;
    pause.end(); // the user waits
  };
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
      if (change.all || change.shape) {
        isStale = true;
        aim = null;
      }
      if (change.all) pause.end();
      standing.update(change.tasks, state);
      return isStale || change.tasks.size > 0;
    },
    refresh(view) {
      if (!isStale || view.width === 0 || pause.left() > 0) return false;
      isStale = false;
      pause.after(() => find(view));
      return true;
    },
    rest: () => (isStale ? pause.left() : 0),
    isGrouped: (place) => around(place) !== null,
    expand: (place) => reopen(scene.boxes[place]?.path, true),
    collapse: (place) => reopen(around(place), false),
  };
}

interface Pause {
  left(): number; // ms
  end(): void;
  /** Do something, and pause the longer the longer it took. */
  after(act: () => void): void;
}

function createPause(clock: () => number): Pause {
  let until = 0;
  return {
    left: () => Math.max(0, until - clock()),
    end() {
      until = 0;
    },
    after(act) {
      const begun = clock();
      act();
      const done = clock();
      until = done + REST * (done - begun);
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
  if (box === undefined || box.shared !== undefined) return null;
  const own = groups.at(box.name);
  for (let group = own ?? null; group !== null; group = group.parent) {
    if (group.path !== "" && group.total > box.tasks.length) return group.path;
  }
  // What was brought together by the budget alone, and opened, goes back into one box.
  return [patternOf(box.name), LEFT].find((name) => name !== box.path && opened.has(name)) ?? null;
}
