/** The outline's rows:  a (task) and a/ (group),  b/ with b/c/ and b/d */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createGroups } from "./groups.ts";
import { flatten, type Item, openAtFirst } from "./items.ts";
import { idOf, sampleView } from "./testing/sample.ts";

const NAMES = ["a", "a/x", "b/c", "b/c", "b/d", "e"];
const view = sampleView(NAMES.map((name) => ({ name })));
const groups = createGroups();
groups.update(view, { all: true, tasks: new Set() });

const told = (items: readonly Item[]): string[] =>
  items.map((item) => {
    const name = item.kind === "task" ? view.tasks.get(item.task)?.name : `${item.group.path}/`;
    return `${"  ".repeat(item.level - 1)}${name} ${item.place.at}/${item.place.of}`;
  });

test("closed groups are one row each", () => {
  assert.deepEqual(told(flatten(groups.root, () => false)), ["a/ 1/3", "b/ 2/3", "e 3/3"]);
});

test("a name that is both task and group stands twice", () => {
  const rows = told(flatten(groups.root, (group) => group.path === "a"));
  assert.deepEqual(rows.slice(0, 3), ["a/ 1/3", "  a 1/2", "  a/x 2/2"]);
});

test("open groups show what is in them, and several tasks of a name are a group", () => {
  assert.deepEqual(told(flatten(groups.root, () => true)).slice(3, 8), [
    "b/ 2/3",
    "  b/c/ 1/2",
    "    b/c 1/2",
    "    b/c 2/2",
    "  b/d 2/2",
  ]);
});

test("only wanted tasks are there, with the groups they are in", () => {
  const rows = flatten(
    groups.root,
    () => true,
    (task) => task === idOf(13),
  );
  assert.deepEqual(told(rows), ["b/ 1/1", "  b/c/ 1/1", "    b/c 1/1"]);
});

test("whole levels are open at first, while the rows are few", () => {
  assert.deepEqual([...openAtFirst(groups.root, 5)], []);
  assert.deepEqual([...openAtFirst(groups.root, 7)], ["a", "b"]);
  assert.deepEqual([...openAtFirst(groups.root, 99)], ["a", "b", "b/c"]);
});
