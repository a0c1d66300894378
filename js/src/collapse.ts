/** Which boxes stand for a tree of tasks when there is little room; the twin of `shown` in Python. */

import type { Group } from "./groups.ts";
import { allTasks } from "./groups.ts";
import type { Edge } from "./layout.ts";
import type { TaskId, View } from "./picture.ts";
import { sharedBoxes } from "./shared.ts";

/**
 * What is drawn as one box: a task, or a group of them (`path` is then its name).
 *
 * `shared` says what it is when it stands for shared objects; then it has no tasks.
 */
export interface Content {
  readonly name: string;
  readonly path: string | null;
  readonly tasks: readonly TaskId[];
  readonly shared?: string;
}

/** Boxes, and between which of them something flows (by their places). */
export interface Shown {
  readonly contents: readonly Content[];
  readonly edges: readonly Edge[];
}

/** What the user opened and closed by hand, by path; it counts for more than the budget. */
export interface Wishes {
  readonly opened: ReadonlySet<string>;
  readonly closed: ReadonlySet<string>;
}

const NO_WISHES: Wishes = { opened: new Set(), closed: new Set() };

/** How many boxes there may be, but for what the user opened. */
export interface Limits {
  readonly budget: number;
  /** Groups are collapsed until there are no more than these, if that is fewer. */
  readonly aim?: number;
}

/**
 * At most `budget` boxes, but for what the user opened: groups are collapsed, the deepest first.
 *
 * When even the top level is too wide, names that differ in their numbers alone stand together,
 * and then all that is left over; such a box can be opened by its name.
 */
export function shown(
  view: View,
  root: Group,
  { budget, aim = budget }: Limits,
  wishes = NO_WISHES,
): Shown {
  const found = wished(root, collapsed(root, Math.min(budget, aim)), wishes);
  const contents = merge(boxes(root, found), budget, wishes.opened);
  const held = sharedBoxes(view, contents);
  const edges = [...edgesOf(view, contents), ...held.edges];
  return { contents: [...contents, ...held.contents], edges };
}

function edgesOf(view: View, contents: readonly Content[]): Edge[] {
  const owner = new Map<TaskId, number>();
  contents.forEach(({ tasks }, place) => {
    for (const id of tasks) owner.set(id, place);
  });
  const seen = new Set<number>();
  const edges: Edge[] = [];
  for (const [end, { tasks }] of contents.entries()) {
    const link = (maker: TaskId) => {
      const start = owner.get(maker) ?? end;
      const key = start * contents.length + end;
      if (start === end || seen.has(key)) return;
      seen.add(key);
      edges.push([start, end]);
    };
    for (const id of tasks) eachMaker(view, id, link);
  }
  return edges;
}

function eachMaker(view: View, id: TaskId, act: (maker: TaskId) => void): void {
  for (const thing of view.tasks.get(id)?.inputs ?? []) {
    const maker = view.objects.get(thing)?.maker ?? null;
    if (maker !== null) act(maker);
  }
}

/** The tasks that make the inputs of a task. */
export function makersOf(view: View, id: TaskId): TaskId[] {
  const makers: TaskId[] = [];
  eachMaker(view, id, (maker) => makers.push(maker));
  return makers;
}

/** All groups but the root, each before those below it. */
function walk(group: Group, found: Group[] = []): Group[] {
  for (const below of group.below.values()) {
    found.push(below);
    walk(below, found);
  }
  return found;
}

function sum(group: Group, width: (below: Group) => number): number {
  let total = group.tasks.size;
  for (const below of group.below.values()) total += width(below);
  return total;
}

/** Which groups to draw as one box: the deepest first, of one depth the largest first. */
function collapsed(root: Group, aim: number): Set<Group> {
  const found = new Set<Group>();
  const widths = new Map<Group, number>(); // boxes that stand for a group now, if others are below
  const widthOf = (group: Group): number =>
    found.has(group) ? 1 : (widths.get(group) ?? group.tasks.size);
  const measure = (group: Group): number => {
    if (group.below.size > 0) widths.set(group, sum(group, widthOf));
    return widthOf(group);
  };
  const levels: Group[][] = [];
  for (const group of walk(root).reverse()) {
    if (measure(group) > 1) at(levels, depthOf(group)).push(group);
  }
  let count = sum(root, widthOf) - root.tasks.size;
  for (const level of levels.reverse()) {
    const wide = (level ?? []).map((group) => ({ group, width: measure(group) }));
    for (const { group, width } of wide.sort((a, b) => b.width - a.width)) {
      if (count <= aim) return found;
      if (width <= 1) continue;
      found.add(group);
      count -= width - 1;
    }
  }
  return found;
}

/** What the user opens or closes leaves all other groups as they are. */
function wished(root: Group, found: Set<Group>, { opened, closed }: Wishes): ReadonlySet<Group> {
  if (opened.size === 0 && closed.size === 0) return found;
  for (const group of withParents(root, opened)) found.delete(group);
  for (const group of walk(root)) if (closed.has(group.path)) found.add(group);
  return found;
}

function at(levels: Group[][], depth: number): Group[] {
  const level = levels[depth] ?? [];
  levels[depth] = level;
  return level;
}

/** The groups of these paths, and all above them: what is opened must be seen. */
function withParents(root: Group, paths: ReadonlySet<string>): ReadonlySet<Group> {
  const kept = new Set<Group>();
  if (paths.size === 0) return kept;
  for (const group of walk(root)) {
    if (!paths.has(group.path)) continue;
    for (let each: Group | null = group; each; each = each.parent) kept.add(each);
  }
  return kept;
}

function depthOf(group: Group): number {
  return group.parent ? 1 + depthOf(group.parent) : 0;
}

function boxes(group: Group, closed: ReadonlySet<Group>, found: Content[] = []): Content[] {
  for (const below of group.below.values()) {
    if (closed.has(below)) {
      found.push({ name: below.path, path: below.path, tasks: allTasks(below) });
      continue;
    }
    for (const id of below.tasks) found.push({ name: below.path, path: null, tasks: [id] });
    boxes(below, closed, found);
  }
  return found;
}

/** The name by which the box of all that is left over is opened. */
export const REST = "*";

/** Bring the boxes into the budget; those in groups that were opened stay as they are. */
function merge(all: Content[], budget: number, opened: ReadonlySet<string>): Content[] {
  const free = all.filter((content) => !isIn(content.name, opened));
  if (free.length <= budget) return all;
  const merged = mergeAlike(all, opened);
  const loose = merged.filter((content) => !isIn(content.name, opened));
  if (loose.length <= budget || opened.has(REST)) return merged;
  const rest = new Set(loose.slice(budget - 1));
  const left = { ...one(`${rest.size} more`, [...rest]), path: REST };
  return [...merged.filter((content) => !rest.has(content)), left];
}

function mergeAlike(all: readonly Content[], opened: ReadonlySet<string>): Content[] {
  const alike = new Map<string, Content[]>();
  for (const content of all) {
    const name = isIn(content.name, opened) ? content.name : patternOf(content.name);
    const few = alike.get(name);
    if (few) few.push(content);
    else alike.set(name, [content]);
  }
  return [...alike].flatMap(([name, few]) =>
    few.length > 1 && !isIn(name, opened) ? [one(name, few)] : few,
  );
}

/** The name of the box of all names that differ from this one in their numbers alone. */
export function patternOf(name: string): string {
  return name.replace(/\p{Nd}+/gu, "*");
}

/** Whether a name is that of an opened group or box, or of something in it. */
function isIn(name: string, opened: ReadonlySet<string>): boolean {
  if (opened.size === 0) return false;
  if (opened.has(patternOf(name))) return true;
  for (let end = name.length; end > 0; end = name.lastIndexOf("/", end - 1)) {
    if (opened.has(name.slice(0, end))) return true;
  }
  return false;
}

function one(name: string, contents: readonly Content[]): Content {
  return { name, path: name, tasks: contents.flatMap(({ tasks }) => tasks) };
}
