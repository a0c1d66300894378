/** Which shared objects have boxes, and whose they are. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { shown } from "./collapse.ts";
import { createGroups } from "./groups.ts";
import { MOST, partsOf } from "./shared.ts";
import { createStore } from "./store.ts";
import { createSender, idOf, submitted } from "./testing/sample.ts";

/** What is shown of tasks that hold these shared objects, numbered from 1. */
function shownOf(labels: readonly string[], holders: readonly (readonly number[])[]) {
  const store = createStore();
  const send = createSender(store);
  const none = { sizes: [], awaited: [], caught: [], tasks: [], sources: [] };
  const objects = labels.map(
    (label, i) =>
      [idOf(101 + i), label, "blob", "user/flowlab-shared", false, true, null, {}] as const,
  );
  const rows = holders.map((held, i) => ({
    name: `t${i}`,
    inputs: held.map((number) => idOf(100 + number)),
  }));
  send([{ type: "Submitted", session: 1, objects, ...none }, submitted(rows)]);
  const groups = createGroups();
  groups.update(store.view, { all: true, tasks: new Set() });
  return shown(store.view, groups.root, { budget: 50 });
}

test("each that is held has a box, and arrows to its holders", () => {
  const { contents, edges } = shownOf(["Lock db", "dict", "Event"], [[1, 2], [1], []]);
  assert.deepEqual(
    contents.slice(3).map(({ name, shared, tasks }) => [name, shared, tasks]),
    [
      ["db", "shared Lock", []],
      ["dict", "shared dict", []],
    ],
  );
  assert.deepEqual(edges, [
    [3, 0],
    [3, 1],
    [4, 0],
  ]);
});

test("many stand together", () => {
  const numbers = Array.from({ length: MOST + 1 }, (_, i) => i + 1);
  const { contents, edges } = shownOf(
    numbers.map((number) => `Lock ${number}`),
    [numbers, []],
  );
  assert.equal(contents.length, 3);
  assert.equal(contents[2]?.name, `${MOST + 1} objects`);
  assert.deepEqual(edges, [[2, 0]]);
});

test("a label is a type and a name, which may have spaces", () => {
  assert.deepEqual(partsOf("Lock the db"), { kind: "Lock", name: "the db" });
  assert.deepEqual(partsOf("dict"), { kind: "dict", name: "" });
});
