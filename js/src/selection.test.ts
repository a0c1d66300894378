/** One change, one call; what does not change calls nobody. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createSelection } from "./selection.ts";

test("each change is told once, and only changes are", () => {
  const selection = createSelection();
  let told = 0;
  const stop = selection.subscribe(() => {
    told += 1;
  });
  selection.pick({ kind: "task", task: 3 });
  selection.pick({ kind: "task", task: 3 });
  assert.equal(told, 1);
  selection.pick({ kind: "group", path: "load" });
  selection.setSearch("a");
  selection.setSearch("a");
  assert.equal(told, 3);
  assert.deepEqual(selection.current, { kind: "group", path: "load" });
  assert.equal(selection.search, "a");
  stop();
  selection.pick(null);
  assert.equal(told, 3);
  assert.equal(selection.current, null);
});

test("a listener may leave while it is told", () => {
  const selection = createSelection();
  const told: string[] = [];
  const stop = selection.subscribe(() => {
    told.push("first");
    stop();
  });
  selection.subscribe(() => told.push("second"));
  selection.setSearch("x");
  selection.setSearch("y");
  assert.deepEqual(told, ["first", "second", "second"]);
});
