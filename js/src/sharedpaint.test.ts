/** Shared objects are drawn with round ends, their names and what they are. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { createScene, HEIGHT } from "./scene.ts";
import { drawingOf, painted, textsOf, VIEW } from "./testing/drawing.ts";

const SHARED = { name: "db", path: null, tasks: [], shared: "shared Lock" };

function withShared(zoom: number) {
  const one = drawingOf(zoom);
  const contents = [...one.scene.boxes, SHARED];
  const scene = createScene(contents, [...one.scene.edges, [contents.length - 1, 0]], VIEW);
  return { ...one, scene };
}

test("its name and type are written, and its ends are round", () => {
  const told = painted(withShared(1));
  assert.ok(textsOf(told).includes("db"));
  assert.ok(textsOf(told).includes("shared Lock"));
  assert.equal(told.given("roundRect").filter(([, , , , round]) => round === HEIGHT / 2).length, 1);
});

test("from far it is drawn, too, and no task's sign is put on it", () => {
  const far = painted(withShared(0.3));
  assert.equal(far.given("roundRect").filter(([, , , , round]) => round === HEIGHT / 2).length, 1);
  assert.equal(far.given("arc").length, painted(drawingOf(0.3)).given("arc").length + 2);
});
