/** The camera holds what it was told to hold. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  FARTHEST,
  fitted,
  kept,
  moored,
  NEAREST,
  panned,
  revealed,
  seen,
  toDrawing,
  toScreen,
  zoomed,
} from "./camera.ts";

const VIEW = { width: 800, height: 400 };
const CAMERA = { x: 100, y: 50, zoom: 0.5 };

function near(one: number, other: number): void {
  assert.ok(Math.abs(one - other) < 1e-9, `${one} is not ${other}`);
}

test("a point goes to the screen and back", () => {
  const point = toDrawing(CAMERA, toScreen(CAMERA, { x: 321, y: 45 }));
  near(point.x, 321);
  near(point.y, 45);
});

test("what lies under the pointer stays there when the zoom changes", () => {
  const at = { x: 300, y: 120 };
  const before = toDrawing(CAMERA, at);
  const after = toDrawing(zoomed(CAMERA, 1.7, at), at);
  near(before.x, after.x);
  near(before.y, after.y);
});

test("the zoom has limits, and still holds its point there", () => {
  const at = { x: 10, y: 10 };
  const nearest = zoomed(CAMERA, 1e9, at);
  assert.equal(nearest.zoom, NEAREST);
  assert.equal(zoomed(CAMERA, 1e-9, at).zoom, FARTHEST);
  near(toDrawing(nearest, at).x, toDrawing(CAMERA, at).x);
});

test("a fitted drawing is whole, in the middle, and no larger than life", () => {
  const large = { width: 4_000, height: 1_000 };
  const camera = fitted(large, VIEW);
  const area = seen(camera, VIEW);
  assert.ok(area.x <= 0 && area.x + area.width >= large.width);
  assert.ok(area.y <= 0 && area.y + area.height >= large.height);
  near(area.x + area.width / 2, 2_000);
  near(area.y + area.height / 2, 500);
  assert.equal(fitted({ width: 10, height: 10 }, VIEW).zoom, 1);
});

test("a view without a size does no harm", () => {
  const camera = fitted({ width: 0, height: 0 }, { width: 0, height: 0 });
  assert.ok(Number.isFinite(camera.x) && Number.isFinite(camera.y) && camera.zoom > 0);
});

test("a pulled drawing follows the hand", () => {
  const before = toScreen(CAMERA, { x: 7, y: 9 });
  const after = toScreen(panned(CAMERA, 30, -12), { x: 7, y: 9 });
  near(after.x - before.x, 30);
  near(after.y - before.y, -12);
});

test("a moored point stands where it was asked to", () => {
  const at = toScreen(moored(CAMERA, { x: 900, y: 700 }, { x: 11, y: 22 }), { x: 900, y: 700 });
  near(at.x, 11);
  near(at.y, 22);
});

test("what is seen already moves nothing, what is not comes in", () => {
  const inside = { x: 300, y: 200, width: 156, height: 42 };
  assert.deepEqual(revealed(CAMERA, inside, VIEW), CAMERA);
  for (const x of [-5_000, 5_000]) {
    const outside = { ...inside, x };
    const area = seen(revealed(CAMERA, outside, VIEW), VIEW);
    assert.ok(area.x <= x && area.x + area.width >= x + 156);
  }
});

test("the drawing cannot be lost from sight", () => {
  const drawing = { width: 1_000, height: 500 };
  for (const [right, down] of [
    [1e6, 0],
    [-1e6, 0],
    [0, 1e6],
    [0, -1e6],
  ] as const) {
    const area = seen(kept(panned(CAMERA, right, down), drawing, VIEW), VIEW);
    assert.ok(area.x < drawing.width && area.x + area.width > 0);
    assert.ok(area.y < drawing.height && area.y + area.height > 0);
  }
  assert.deepEqual(kept(CAMERA, drawing, VIEW), CAMERA);
});
