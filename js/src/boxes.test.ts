/** Boxes of one state are one path, and bars add up to what ended. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { HEIGHT, WIDTH } from "./scene.ts";
import { drawingOf, painted, ROWS } from "./testing/drawing.ts";
import { assigned, finished, idOf, type Row, reported } from "./testing/sample.ts";

function tasks(count: number): Row[] {
  return Array.from({ length: count }, (_, i): Row => ({ name: String.fromCharCode(97 + i) }));
}

test("ten boxes of a state take as many strokes as one", () => {
  const strokes = (count: number) => painted(drawingOf(0.5, tasks(count))).given("stroke").length;
  assert.equal(strokes(10), strokes(1));
});

test("a group has a box behind it, a task has none", () => {
  const boxes = painted(drawingOf(0.5)).given("roundRect");
  assert.equal(boxes.length, 2 + 2);
  const [behind] = boxes;
  assert.deepEqual(behind?.slice(2, 4), [WIDTH, HEIGHT]);
});

test("the bar of a group is as full as its tasks are finished", () => {
  const ids = Array.from({ length: 100 }, (_, i) => idOf(12 + i));
  const one = drawingOf(1, ROWS, [assigned(ids), finished(ids)]);
  const widths = painted(one)
    .given("fillRect")
    .map(([, , width]) => width);
  assert.ok(widths.includes((WIDTH - 12) / 4), widths.join(", "));
});

test("one failure of many is seen in the bar, and the bar stays in its box", () => {
  const ids = Array.from({ length: 400 }, (_, i) => idOf(12 + i));
  const failure = { message: "no", traceback: "", debug: "", line: 0 };
  const [last] = ids.splice(-1);
  const failed = reported({ failed: [[last ?? 0, 1, 10, 11, failure]] });
  const one = drawingOf(1, ROWS, [assigned([...ids, last ?? 0]), finished(ids), failed]);
  const box = one.scene.boxes.find(({ path }) => path === "g") ?? assert.fail();
  const parts = painted(one)
    .given("fillRect")
    .filter(([x]) => Number(x) >= box.x + 6)
    .map(([x, , width]) => [Number(x), Number(width)] as const);
  assert.equal(parts.length, 2);
  const [x, width] = parts[1] ?? assert.fail();
  assert.ok(width > 2.5);
  assert.ok(x + width <= box.x + WIDTH - 6 + 1e-6);
});

test("from far all boxes are filled to whole pixels", () => {
  const { given } = painted(drawingOf(0.2, tasks(20)));
  const filled = given("fillRect");
  assert.ok(filled.length >= 20);
  for (const places of filled) for (const place of places) assert.ok(Number.isInteger(place));
});

test("from far a box that waits is hollow, one that is finished is not", () => {
  const fills = (one: ReturnType<typeof drawingOf>) => painted(one).given("fillRect").length;
  const waiting = drawingOf(0.2, tasks(1));
  const done = drawingOf(0.2, tasks(1), [assigned([idOf(10)]), finished([idOf(10)])]);
  assert.equal(fills(waiting), fills(done) + 1);
});
