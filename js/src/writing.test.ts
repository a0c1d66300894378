/** Signs in the boxes: shown where they are of use, and hit where they are shown. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Drawing } from "./drawing.ts";
import { WIDTH } from "./scene.ts";
import { drawingOf, painted, textsOf } from "./testing/drawing.ts";
import { isOnOpener } from "./writing.ts";

function strokesOf(drawing: Drawing): number {
  return painted(drawing).given("lineTo").length;
}

test("the sign that collapses is shown on attended tasks of a group alone", () => {
  const one = { ...drawingOf(1), isGrouped: (box: number) => box === 1 };
  assert.equal(strokesOf({ ...one, hovered: 1 }), strokesOf(one) + 1);
  assert.equal(strokesOf({ ...one, cursor: 1 }), strokesOf(one) + 1);
  assert.equal(strokesOf({ ...one, hovered: 0 }), strokesOf(one));
});

test("the sign of a group is hit in its corner, from near alone", () => {
  const near = drawingOf(1);
  const group = near.scene.boxes.findIndex((box) => box.path === "g");
  const box = near.scene.boxes[group] ?? assert.fail();
  assert.ok(isOnOpener(near, group, { x: box.x + WIDTH - 12, y: box.y + 10 }));
  assert.ok(!isOnOpener(near, group, { x: box.x + 20, y: box.y + 10 }));
  assert.ok(!isOnOpener(near, group, { x: box.x + WIDTH - 12, y: box.y + 36 }));
  const far = { ...near, camera: { x: 0, y: 0, zoom: 0.5 } };
  assert.ok(!isOnOpener(far, group, { x: (box.x + WIDTH - 12) / 2, y: (box.y + 10) / 2 }));
});

test("a task that is in no group has no sign to hit", () => {
  const one = { ...drawingOf(1), hovered: 0, isGrouped: () => false };
  const box = one.scene.boxes[0] ?? assert.fail();
  const corner = { x: box.x + WIDTH - 12, y: box.y + 10 };
  assert.ok(!isOnOpener(one, 0, corner));
  assert.ok(isOnOpener({ ...one, isGrouped: () => true }, 0, corner));
});

test("the farther the larger is what is written, as far as there is room", () => {
  const sizeAt = (zoom: number): number => {
    const { pen } = painted(drawingOf(zoom, [{ name: "one" }]));
    return Number.parseFloat(pen.font);
  };
  assert.deepEqual([1, 0.7, 0.6, 0.4].map(sizeAt), [10.5, 12, 16, 17]);
});

test("a name that is cut is told from a whole one, however far it is", () => {
  const long = `${"collect_all/".repeat(6)}evening`;
  const texts = textsOf(painted(drawingOf(0.5, [{ name: "evening" }, { name: long }])));
  assert.equal(texts.filter((text) => text === "evening").length, 1);
  assert.ok(texts.some((text) => String(text).startsWith("…/") || String(text).endsWith("…")));
});

test("no text leaves its box, whatever it holds", () => {
  const name = `\u202e${"w".repeat(5_000)}\u0000`;
  for (const text of textsOf(painted(drawingOf(1, [{ name }])))) {
    assert.ok(String(text).length < 40);
    for (const hidden of ["\u0000", "\u202e"]) assert.ok(!String(text).includes(hidden));
  }
});
