/**
 * Tasks as a tree by the `/` in their names, each group with how it stands; kept up change by change.
 *
 * The twin of view/groups.py. A name that several tasks have, or that is also the beginning of
 * other names, is a group. A task that moves on costs as much as its name is deep.
 */

import type { TaskId, TaskView, View } from "./picture.ts";
import { isFinal, isGood, STATES, secondsOf, stateIndex } from "./picture.ts";
import type { Change } from "./store.ts";

/** Levels of groups; what lies deeper stays one part. */
export const DEPTH = 32;

/**
 * One place of the tree: the tasks of exactly this name, and the groups below.
 *
 * `path` is the whole name, `name` its last part; `counts` are tasks by state, in the order of
 * `STATES`, its own and of all groups below; so are `total`, `good`, `ended`.
 */
export interface Group {
  readonly path: string;
  readonly name: string;
  readonly parent: Group | null;
  readonly tasks: ReadonlySet<TaskId>;
  readonly below: ReadonlyMap<string, Group>;
  readonly counts: readonly number[];
  readonly total: number;
  readonly good: number;
  readonly ended: number;
}

/** How long the tasks of a group ran that ended on an engine, in seconds. */
export interface Times {
  readonly count: number;
  readonly total: number;
  readonly mean: number;
  readonly deviation: number;
}

export interface Groups {
  readonly root: Group;
  /** The group of this whole name. */
  at(path: string): Group | undefined;
  /** The group that a task stands in. */
  of(task: TaskId): Group | undefined;
  /** Take in what a frame changed. */
  update(view: View, change: Pick<Change, "tasks" | "all">): void;
}

interface Branch extends Group {
  readonly parent: Branch | null;
  readonly tasks: Set<TaskId>;
  below: Map<string, Branch>;
  readonly counts: number[];
  total: number;
  good: number;
  ended: number;
  ran: number;
  seconds: number;
  squares: number;
}

/** Where a task was counted. */
interface Counted {
  readonly group: Branch;
  readonly state: number;
  readonly seconds: number | null;
}

interface Tree {
  root: Branch;
  readonly groups: Map<string, Branch>;
  readonly counted: Map<TaskId, Counted>;
}

const ZEROS: readonly number[] = STATES.map(() => 0);

/** An empty tree. */
export function createGroups(): Groups {
  const tree: Tree = { root: branch("", "", null), groups: new Map(), counted: new Map() };
  return {
    get root() {
      return tree.root;
    },
    at: (path) => tree.groups.get(path),
    of: (task) => tree.counted.get(task)?.group,
    update(view, change) {
      if (change.all) begin(tree, view);
      else for (const id of change.tasks) set(tree, id, view.tasks.get(id));
    },
  };
}

/** The parts of a name. */
export function splitName(name: string): string[] {
  const parts = name.split("/").filter(Boolean);
  if (parts.length > DEPTH) parts.push(parts.splice(DEPTH - 1).join("/"));
  return parts.length > 0 ? parts : [""];
}

/** Whether it is one task rather than a group. */
export function isLeaf(group: Group): boolean {
  return group.tasks.size === 1 && group.below.size === 0;
}

/** Its own tasks and those of all groups below, in the order of the tree. */
export function allTasks(group: Group, found: TaskId[] = []): TaskId[] {
  for (const id of group.tasks) found.push(id);
  for (const below of group.below.values()) allTasks(below, found);
  return found;
}

/** How long the tasks of a group ran. */
export function timesOf(group: Group): Times {
  const { ran, seconds, squares } = group as Branch; // the tree is made of nothing else
  if (ran === 0) return { count: 0, total: 0, mean: 0, deviation: 0 };
  const mean = seconds / ran;
  return {
    count: ran,
    total: seconds,
    mean,
    deviation: Math.sqrt(Math.max(0, squares / ran - mean * mean)),
  };
}

const NOTHING: Map<string, Branch> = new Map(); // most groups have none below; never written to
const GOOD = STATES.map(isGood);
const FINAL = STATES.map(isFinal);

// A plain literal: there may be as many of them as tasks.
function branch(path: string, name: string, parent: Branch | null): Branch {
  return {
    path,
    name,
    parent,
    tasks: new Set<TaskId>(),
    below: NOTHING,
    counts: ZEROS.slice(),
    total: 0,
    good: 0,
    ended: 0,
    ran: 0,
    seconds: 0,
    squares: 0,
  };
}

function begin(tree: Tree, view: View): void {
  tree.root = branch("", "", null);
  tree.groups.clear();
  tree.counted.clear();
  for (const [id, task] of view.tasks) set(tree, id, task);
}

/** Count a task where it stands now, and no longer where it stood. */
function set(tree: Tree, id: TaskId, task: TaskView | undefined): void {
  const before = tree.counted.get(id);
  if (!task) {
    if (before) drop(tree, id, before);
    return;
  }
  const [state, seconds] = [stateIndex(task.state), secondsOf(task)];
  if (before && before.state === state && before.seconds === seconds) return;
  const group = before?.group ?? place(tree, task.name);
  if (before) count(before, -1);
  else group.tasks.add(id);
  const now = { group, state, seconds };
  count(now, 1);
  tree.counted.set(id, now);
}

function drop(tree: Tree, id: TaskId, before: Counted): void {
  count(before, -1);
  tree.counted.delete(id);
  before.group.tasks.delete(id);
  let group = before.group;
  while (group.parent && group.tasks.size === 0 && group.below.size === 0) {
    group.parent.below.delete(group.name);
    tree.groups.delete(group.path);
    group = group.parent;
  }
}

function count({ group, state, seconds }: Counted, by: 1 | -1): void {
  for (let each: Branch | null = group; each; each = each.parent) {
    each.counts[state] = (each.counts[state] ?? 0) + by;
    each.total += by;
    if (GOOD[state]) each.good += by;
    if (FINAL[state]) each.ended += by;
    if (seconds === null) continue;
    each.ran += by;
    each.seconds += by * seconds;
    each.squares += by * seconds * seconds;
  }
}

function place(tree: Tree, name: string): Branch {
  const known = tree.groups.get(name); // most tasks share few names
  if (known) return known;
  let group = tree.root;
  for (const part of splitName(name)) {
    const path = group === tree.root ? part : `${group.path}/${part}`;
    let below = group.below.get(part);
    if (!below) {
      below = branch(path, part, group);
      if (group.below === NOTHING) group.below = new Map();
      group.below.set(part, below);
      tree.groups.set(path, below);
    }
    group = below;
  }
  return group;
}
