/** Lines: bent from near, straight from far, clear where they belong to what is picked. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createAccent } from "./accent.ts";
import { drawingOf, painted, textsOf } from "./testing/drawing.ts";
import { idOf, type Row } from "./testing/sample.ts";

function fan(count: number): Row[] {
  const ends = Array.from({ length: count }, (_, i) => ({ name: `t${i}`, inputs: [idOf(10)] }));
  return [{ name: "start" }, ...ends];
}

test("lines are bent and have heads, and from far they are straight without", () => {
  const near = painted(drawingOf(1));
  assert.equal(near.given("bezierCurveTo").length, 1);
  const far = painted(drawingOf(0.1));
  assert.equal(far.given("bezierCurveTo").length, 0);
  assert.equal(far.given("lineTo").length, 1);
});

test("a line to another band goes around with round corners", () => {
  const chain = Array.from({ length: 12 }, (_, i): Row => {
    return i === 0 ? { name: "t0" } : { name: `t${i}`, inputs: [idOf(9 + i)] };
  });
  const one = drawingOf(0.5, chain);
  const around = one.scene.lines.filter((line) => line.below !== null).length;
  assert.ok(around > 0);
  assert.equal(painted(one).given("arcTo").length, 4 * around);
});

test("lines that cross no part of the view are not drawn", () => {
  const one = drawingOf(1, fan(100));
  const movesFrom = (y: number): number =>
    painted({ ...one, camera: { x: 0, y, zoom: 1 } }).given("moveTo").length;
  assert.ok(movesFrom(0) > 0);
  assert.equal(movesFrom(one.scene.height + 200), 0);
});

test("of the picked task the lines are drawn last, and the others fainter", () => {
  const one = drawingOf(1);
  const accent = createAccent(one.scene, { kind: "task", task: idOf(10) }, null);
  const lines = painted({ ...one, accent }).steps.filter((step) => step.name === "bezierCurveTo");
  assert.deepEqual(
    lines.map((step) => step.alpha),
    [1],
  );
  const other = createAccent(one.scene, { kind: "group", path: "g" }, null);
  const faint = painted({ ...one, accent: other }).steps.find(
    ({ name }) => name === "bezierCurveTo",
  );
  assert.equal(faint?.alpha, 0.5);
});

test("of very many lines most are drawn, all of the picked task, and the rest is told", () => {
  //  150 tasks, each of which needs all of the 150 before
  const made = Array.from({ length: 150 }, (_, i) => idOf(10 + i));
  const rows = made.map((_, i): Row => ({ name: `a/${i}` }));
  const needing = made.map((_, i): Row => ({ name: `b/${i}`, inputs: made }));
  const one = drawingOf(0.2, [...rows, ...needing], [], ["a", "b"]);
  assert.equal(one.scene.lines.length, 22_500);
  const strokes = painted(one);
  assert.deepEqual(textsOf(strokes), ["12500 more lines are not drawn"]);
  const last = one.scene.boxes[299]?.tasks[0] ?? assert.fail();
  const accent = createAccent(one.scene, { kind: "task", task: last }, null);
  assert.deepEqual(textsOf(painted({ ...one, accent })), ["12350 more lines are not drawn"]);
});
