/** What is drawn from near and far: an invented pen writes down the strokes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createAccent } from "./accent.ts";
import { drawingOf, painted, textsOf } from "./testing/drawing.ts";
import { idOf } from "./testing/sample.ts";

test("from near, names and standings are written, and a group counts its tasks", () => {
  const told = textsOf(painted(drawingOf(1)));
  for (const text of ["first", "second", "g", "waiting", "0/400 finished"]) {
    assert.ok(told.includes(text), `${text} is not in ${told.join(", ")}`);
  }
});

test("from the middle distance only names are written, from far nothing", () => {
  assert.deepEqual(textsOf(painted(drawingOf(0.5))).sort(), ["first", "g", "second"]);
  assert.deepEqual(textsOf(painted(drawingOf(0.3))), []);
});

test("what is out of sight is not drawn", () => {
  const away = painted({ ...drawingOf(1), camera: { x: 50_000, y: 0, zoom: 1 } });
  assert.equal(away.drawn, 0);
  assert.equal(away.given("roundRect").length + away.given("stroke").length, 0);
  assert.equal(painted(drawingOf(1)).drawn, 3);
});

test("what is not looked for is faint", () => {
  const one = drawingOf(1);
  const { steps } = painted({ ...one, accent: createAccent(one.scene, null, new Set([1])) });
  const alphaOf = (text: string) => steps.find((step) => step.given[0] === text)?.alpha ?? 0;
  assert.equal(alphaOf("second"), 1);
  assert.ok(alphaOf("first") < 0.5);
});

test("the picked box, the cursor and the focus each have a ring", () => {
  const one = drawingOf(1);
  const plain = painted(one).given("roundRect").length;
  const accent = createAccent(one.scene, { kind: "task", task: idOf(11) }, null);
  const ringed = painted({ ...one, accent, cursor: 1, isFocused: true });
  assert.equal(ringed.given("roundRect").length, plain + 3); // and the tint of what it needs
  assert.equal(ringed.given("strokeRect").length, painted(one).given("strokeRect").length + 1);
});
