/** What stands out on this graph:   0 ─▶ 1 ─▶ 2    3 ─▶ 2    group g (4, 5) ─▶ 3 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { boxesOf, boxOfPicked, createAccent, pickOf } from "./accent.ts";
import { createScene } from "./scene.ts";

const SCENE = createScene(
  [
    { name: "a/0", path: null, tasks: [0] },
    { name: "a/1", path: null, tasks: [1] },
    { name: "b/2", path: null, tasks: [2] },
    { name: "b/3", path: null, tasks: [3] },
    { name: "g", path: "g", tasks: [4, 5] },
  ],
  [
    [0, 1],
    [1, 2],
    [3, 2],
    [4, 3],
  ],
  { width: 900, height: 500 },
);
const ALL = [0, 1, 2, 3, 4];

test("all that a task needs and feeds is related, its own lines touch it", () => {
  const accent = createAccent(SCENE, { kind: "task", task: 1 }, null);
  assert.equal(accent.picked, 1);
  assert.deepEqual(ALL.filter(accent.isRelated), [0, 2]);
  assert.deepEqual(SCENE.lines.map(accent.touches), [true, true, false, false]);
  assert.deepEqual(SCENE.lines.map(accent.follows), [true, true, false, false]);
});

test("ways are followed beyond the next box", () => {
  const accent = createAccent(SCENE, { kind: "task", task: 2 }, null);
  assert.deepEqual(ALL.filter(accent.isRelated), [0, 1, 3, 4]);
  assert.deepEqual(SCENE.lines.map(accent.touches), [false, true, true, false]);
  assert.deepEqual(SCENE.lines.map(accent.follows), [true, true, true, true]);
});

test("a task in a collapsed group is shown by the group, and so is a group in it", () => {
  assert.equal(boxOfPicked(SCENE, { kind: "task", task: 5 }), 4);
  assert.equal(boxOfPicked(SCENE, { kind: "group", path: "g" }), 4);
  assert.equal(boxOfPicked(SCENE, { kind: "group", path: "g/h" }), 4);
  assert.equal(boxOfPicked(SCENE, { kind: "group", path: "gh" }), null);
  assert.equal(boxOfPicked(SCENE, null), null);
});

test("of an open group all boxes are related", () => {
  const accent = createAccent(SCENE, { kind: "group", path: "b" }, null);
  assert.equal(accent.picked, null);
  assert.deepEqual(ALL.filter(accent.isRelated), [2, 3]);
});

test("what is not looked for is dim, and nothing is when nothing is looked for", () => {
  const found = boxesOf(SCENE, [5, 0, 99]);
  assert.deepEqual(ALL.filter(createAccent(SCENE, null, found).isDim), [1, 2, 3]);
  assert.deepEqual(ALL.filter(createAccent(SCENE, null, null).isDim), []);
});

test("a box picks its task or its group", () => {
  assert.deepEqual(pickOf(SCENE, 3), { kind: "task", task: 3 });
  assert.deepEqual(pickOf(SCENE, 4), { kind: "group", path: "g" });
  assert.equal(pickOf(SCENE, 9), null);
});
