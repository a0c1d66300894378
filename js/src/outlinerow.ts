/** One row of the outline: name, state, how many finished, and how long they took. */

import { element, setAttributes, setText } from "./dom.ts";
import { tellTimes } from "./groupcard.ts";
import { type Group, timesOf } from "./groups.ts";
import type { Item } from "./items.ts";
import { type State, secondsOf, stateIndex, type View } from "./picture.ts";
import { type Selection, samePick } from "./selection.ts";
import { sign } from "./signs.ts";
import { FIRST } from "./standing.ts";
import { seconds, visible } from "./visible.ts";
import { tellStates } from "./words.ts";

export const ROW = 26; // px
const INDENT = 16; // px a level
const WIDE = 3; // levels that are indented by so much
const NARROW = 4; // px each of the others, since names need room, too
const DEEPEST = 12; // levels that are indented

export interface Context {
  readonly view: View;
  readonly selection: Selection;
  isOpen(group: Group): boolean;
}

/** Tells rows apart while they come and go. */
export function keyOf(item: Item | undefined): string | number {
  if (item === undefined) return "";
  return item.kind === "task" ? item.task : `/${item.group.path}`;
}

export function drawHeading(): HTMLElement {
  const column = (words: string, style = ""): HTMLElement =>
    element("span", { role: "columnheader", class: style }, words);
  return element(
    "div",
    { role: "row", class: "row columns", "aria-rowindex": 1 },
    column("Task", "name"),
    column("State"),
    column("Finished", "number"),
    column("Time", "number times"),
  );
}

interface Told {
  readonly label: string;
  readonly sign: State;
  readonly state: string;
  readonly finished: string;
  readonly time: string;
}

export function drawItem(row: HTMLElement, item: Item, context: Context): void {
  const told = item.kind === "task" ? tellTask(item.task, context.view) : tellGroup(item.group);
  const pick =
    item.kind === "task"
      ? ({ kind: "task", task: item.task } as const)
      : ({ kind: "group", path: item.group.path } as const);
  setAttributes(row, {
    "aria-level": item.level,
    "aria-posinset": item.place.at,
    "aria-setsize": item.place.of,
    "aria-expanded": item.kind === "group" ? String(context.isOpen(item.group)) : null,
    "aria-selected": String(samePick(context.selection.current, pick)),
    "data-state": told.sign,
  });
  const [name, state, finished, time] = cellsOf(row);
  if (name === undefined || state === undefined || finished === undefined || time === undefined)
    return;
  drawName(name, told, item.level);
  setText(state, told.state);
  setText(finished, told.finished);
  setText(time, told.time);
}

function cellsOf(row: HTMLElement): readonly Element[] {
  if (row.childElementCount === 0) {
    row.append(
      element("span", { role: "rowheader", class: "name" }),
      element("span", { role: "gridcell" }),
      element("span", { role: "gridcell", class: "number" }),
      element("span", { role: "gridcell", class: "number times" }),
    );
  }
  return [...row.children];
}

/** How far to the right a level begins, in px. */
export function indentOf(level: number): number {
  const depth = Math.min(level - 1, DEEPEST);
  return Math.min(depth, WIDE) * INDENT + Math.max(0, depth - WIDE) * NARROW;
}

function drawName(cell: Element, told: Told, level: number): void {
  if (cell.getAttribute("data-state") !== told.sign || cell.childElementCount === 0) {
    setAttributes(cell, { "data-state": told.sign });
    const twist = element("span", { class: "twist", "aria-hidden": "true" });
    twist.style.marginInlineStart = `${indentOf(level)}px`;
    cell.replaceChildren(twist, sign(told.sign), element("span", { class: "label" }));
  }
  const label = cell.lastElementChild;
  if (label !== null) setText(label, told.label);
}

function tellTask(id: number, view: View): Told {
  const task = view.tasks.get(id);
  if (task === undefined) return { label: "", sign: "waiting", state: "", finished: "", time: "" };
  const ran = secondsOf(task);
  return {
    label: visible(task.name.split("/").at(-1) || task.name, 120),
    sign: task.state,
    state: task.attempts > 1 ? `${task.state}, attempt ${task.attempts}` : task.state,
    finished: "",
    time: ran === null ? "" : seconds(ran),
  };
}

function tellGroup(group: Group): Told {
  const count = (state: State): number => group.counts[stateIndex(state)] ?? 0;
  const others = tellStates(count);
  return {
    label: `${visible(group.name, 120)}/`,
    sign: FIRST.find((state) => count(state) > 0) ?? "waiting",
    state: others === "" ? "finished" : others,
    finished: `${group.good}/${group.total}`,
    time: tellTimes(timesOf(group)),
  };
}
