/** The boxes are those of Python; what the user opens or closes counts for more. */

import assert from "node:assert/strict";
import { test } from "node:test";
import cases from "../../tests/journals/groups.json" with { type: "json" };
import { REST, shown, type Wishes } from "./collapse.ts";
import { createGroups } from "./groups.ts";
import { sampleView } from "./testing/sample.ts";

function boxesOf(names: readonly string[], budget: number, wishes: Partial<Wishes> = {}) {
  const view = sampleView(names.map((name) => ({ name })));
  const groups = createGroups();
  groups.update(view, { all: true, tasks: new Set() });
  const all = { opened: new Set<string>(), closed: new Set<string>(), ...wishes };
  return shown(view, groups.root, { budget }, all).contents.map(
    ({ name, path }) => path ?? `=${name}`,
  );
}

test("every tree has the boxes and arrows that Python gives it", () => {
  for (const { case: name, budget, tasks, boxes, edges } of cases) {
    const rows = tasks as unknown as [number, string, number[], number[]][];
    const view = sampleView(
      rows.map(([id, name, inputs, outputs]) => ({ id, name, inputs, outputs })),
    );
    const groups = createGroups();
    groups.update(view, { all: true, tasks: new Set() });
    const found = shown(view, groups.root, { budget });
    const drawn = found.contents.map(({ name, path, tasks }) => [name, path !== null, tasks]);
    assert.deepEqual(drawn, boxes, `case ${name}`);
    assert.deepEqual(found.edges, edges, `case ${name}`);
  }
});

const NAMES = ["a/x/1", "a/x/2", "a/y/1", "a/y/2", "b/1", "b/2"];

test("the deepest groups are collapsed first, and no more than needed", () => {
  assert.deepEqual(
    boxesOf(NAMES, 6),
    NAMES.map((name) => `=${name}`),
  );
  assert.deepEqual(boxesOf(NAMES, 5), ["=a/x/1", "=a/x/2", "a/y", "=b/1", "=b/2"]);
  assert.deepEqual(boxesOf(NAMES, 2), ["a", "b"]);
});

test("a group that was opened is shown with all above it", () => {
  const opened = new Set(["a/x"]);
  assert.deepEqual(boxesOf(NAMES, 2, { opened }), ["=a/x/1", "=a/x/2", "a/y", "b"]);
});

test("a group that was closed is one box though there is room", () => {
  const closed = new Set(["a"]);
  assert.deepEqual(boxesOf(NAMES, 100, { closed }), ["a", "=b/1", "=b/2"]);
});

test("what is opened or closed by hand leaves the other groups as they are", () => {
  const names = [...NAMES, "c/1", "c/2"];
  const before = boxesOf(names, 6);
  assert.deepEqual(before, ["a/x", "a/y", "=b/1", "=b/2", "=c/1", "=c/2"]);
  const opened = new Set(["a/x"]);
  assert.deepEqual(boxesOf(names, 6, { opened }), ["=a/x/1", "=a/x/2", ...before.slice(1)]);
  const closed = new Set(["c"]);
  assert.deepEqual(boxesOf(names, 6, { closed }), [...before.slice(0, 4), "c"]);
  assert.deepEqual(boxesOf(names, 6, { opened, closed: new Set(["a"]) }), [
    "a",
    ...before.slice(2),
  ]);
});

test("groups are collapsed further than the budget needs, single tasks are not", () => {
  const view = sampleView([...NAMES, "t1", "t2"].map((name) => ({ name })));
  const groups = createGroups();
  groups.update(view, { all: true, tasks: new Set() });
  const { contents } = shown(view, groups.root, { budget: 20, aim: 1 });
  assert.deepEqual(
    contents.map(({ name }) => name),
    ["a", "b", "t1", "t2"],
  );
});

test("what is left over can be opened too", () => {
  const names = ["u", "v", "w", "x"];
  assert.deepEqual(boxesOf(names, 2), ["=u", REST]);
  assert.deepEqual(
    boxesOf(names, 2, { opened: new Set([REST]) }),
    names.map((name) => `=${name}`),
  );
});

test("names that differ in numbers alone stand together until they are opened", () => {
  const names = ["t1", "t2", "t3", "u"];
  assert.deepEqual(boxesOf(names, 2), ["t*", "=u"]);
  const open = boxesOf(names, 3, { opened: new Set(["t*"]) });
  assert.deepEqual(open, ["=t1", "=t2", "=t3", "=u"]); // what the user opens may be more
});
