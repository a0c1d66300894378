/** The arrows on this graph; boxes are numbered as they were submitted:
 *
 *     0 ─▶ 2 ─▶ 4
 *     1 ─▶ 3 ──┘      5 alone
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { stepTo, wishOf } from "./keys.ts";
import { createScene } from "./scene.ts";

const SCENE = createScene(
  Array.from({ length: 6 }, (_, i) => ({ name: `t${i}`, path: null, tasks: [i] })),
  [
    [0, 2],
    [1, 3],
    [2, 4],
    [3, 4],
  ],
  { width: 900, height: 500 },
);

function press(key: string, shiftKey = false) {
  return wishOf({ key, shiftKey });
}

test("left and right follow the lines", () => {
  assert.equal(stepTo(SCENE, 0, "right"), 2);
  assert.equal(stepTo(SCENE, 3, "left"), 1);
  assert.equal(stepTo(SCENE, 2, "right"), 4);
  assert.equal(stepTo(SCENE, 4, "right"), null);
  assert.equal(stepTo(SCENE, 5, "left"), null);
});

test("down alone comes to every box, up goes the same way back", () => {
  const way: number[] = [];
  for (let box = stepTo(SCENE, null, "down"); box !== null; box = stepTo(SCENE, box, "down")) {
    way.push(box);
  }
  assert.deepEqual([...way].sort(), [0, 1, 2, 3, 4, 5]);
  assert.equal(stepTo(SCENE, null, "first"), way[0]);
  assert.equal(stepTo(SCENE, way[2] ?? -1, "last"), way[5]);
  assert.equal(stepTo(SCENE, way[3] ?? -1, "up"), way[2]);
  assert.equal(stepTo(SCENE, way[0] ?? -1, "up"), null);
});

test("a graph without boxes leads nowhere", () => {
  const scene = createScene([], [], { width: 900, height: 500 });
  assert.equal(stepTo(scene, null, "first"), null);
});

test("keys that are none of ours want nothing", () => {
  for (const key of ["a", "d", "Tab", "F5", "PageDown"]) assert.equal(press(key), null);
});

test("each key has its wish", () => {
  assert.deepEqual(press("ArrowLeft"), { kind: "move", way: "left" });
  assert.deepEqual(press("Enter"), { kind: "pick" });
  assert.deepEqual(press(" "), { kind: "toggle" });
  assert.deepEqual(press(" ", true), { kind: "collapse" });
  assert.deepEqual(press("="), { kind: "zoom", nearer: true });
  assert.deepEqual(press("-"), { kind: "zoom", nearer: false });
  assert.deepEqual(press("0"), { kind: "fit" });
  assert.deepEqual(press("Escape"), { kind: "leave" });
});
