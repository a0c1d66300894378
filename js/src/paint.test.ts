/** What is drawn from near and far: an invented pen writes down the strokes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createAccent } from "./accent.ts";
import type { Camera } from "./camera.ts";
import type { Drawing } from "./drawing.ts";
import { createLabels } from "./labels.ts";
import { createOutlook } from "./outlook.ts";
import { paint } from "./paint.ts";
import type { Palette } from "./palette.ts";
import { createStore } from "./store.ts";
import { createRecorder, type Recorder } from "./testing/pen.ts";
import { assigned, createSender, finished, idOf, type Row, submitted } from "./testing/sample.ts";

const VIEW = { width: 900, height: 500 };
const PALETTE: Palette = {
  ...{ paper: "#fff", ink: "#000", soft: "#555", line: "#888", focus: "#00f", grey: "#777" },
  ...{ running: "#07b", finished: "#0a7", failed: "#d50", font: "sans-serif" },
};
//  first ─▶ second      g/0 … g/399 collapsed
const ROWS: readonly Row[] = [
  { name: "first" },
  { name: "second", inputs: [idOf(10)] },
  ...Array.from({ length: 400 }, (_, i): Row => ({ name: `g/${i}` })),
];

function drawing(zoom: number, change: Partial<Drawing> = {}): Drawing {
  const store = createStore();
  const outlook = createOutlook(store);
  store.subscribe(outlook.take);
  createSender(store)([submitted(ROWS), assigned([idOf(10)]), finished([idOf(10)])]);
  outlook.refresh(VIEW);
  const { scene, standing, isGrouped } = outlook;
  const camera: Camera = { x: 0, y: 0, zoom };
  return {
    ...{ scene, standing, isGrouped, camera, view: VIEW, palette: PALETTE },
    ...{ labels: createLabels(), accent: createAccent(scene, null, null) },
    ...{ cursor: null, hovered: null, isFocused: false },
    task: (id) => store.view.tasks.get(id),
    ...change,
  };
}

function painted(one: Drawing): Recorder & { readonly drawn: number } {
  const recorder = createRecorder();
  return { ...recorder, drawn: paint(recorder.pen, one, 1) };
}

function texts(recorder: Recorder): unknown[] {
  return recorder.given("fillText").map(([text]) => text);
}

test("from near, names and standings are written, and a group counts its tasks", () => {
  const told = texts(painted(drawing(1)));
  for (const text of ["first", "second", "g", "waiting", "0/400 finished"]) {
    assert.ok(told.includes(text), `${text} is not in ${told.join(", ")}`);
  }
});

test("from the middle distance only names are written, from far nothing", () => {
  assert.deepEqual(texts(painted(drawing(0.5))).sort(), ["first", "g", "second"]);
  assert.deepEqual(texts(painted(drawing(0.3))), []);
});

test("lines are bent, and from far straight and without heads", () => {
  assert.equal(painted(drawing(1)).given("bezierCurveTo").length, 1);
  const far = painted(drawing(0.1));
  assert.equal(far.given("bezierCurveTo").length, 0);
  assert.equal(far.given("lineTo").length, 1);
});

test("what is out of sight is not drawn", () => {
  const away = painted(drawing(1, { camera: { x: 50_000, y: 0, zoom: 1 } }));
  assert.equal(away.drawn, 0);
  assert.equal(away.given("roundRect").length + away.given("stroke").length, 0);
  assert.equal(painted(drawing(1)).drawn, 3);
});

test("what is not looked for is faint", () => {
  const one = drawing(1);
  const { steps } = painted({ ...one, accent: createAccent(one.scene, null, new Set([1])) });
  const alphaOf = (text: string) => steps.find((step) => step.given[0] === text)?.alpha ?? 0;
  assert.equal(alphaOf("second"), 1);
  assert.ok(alphaOf("first") < 0.5);
});

test("the picked box, the cursor and the focus each have a ring", () => {
  const one = drawing(1);
  const plain = painted(one).given("roundRect").length;
  const picked = createAccent(one.scene, { kind: "task", task: idOf(11) }, null);
  const ringed = painted({ ...one, accent: picked, cursor: 1, isFocused: true });
  assert.equal(ringed.given("roundRect").length, plain + 3); // and the tint of what it needs
  assert.equal(ringed.given("strokeRect").length, painted(one).given("strokeRect").length + 1);
});

test("the sign that collapses is shown on attended tasks of a group alone", () => {
  const one = drawing(1, { isGrouped: (box) => box === 1 });
  const strokes = (change: Partial<Drawing>) =>
    painted({ ...one, ...change }).steps.filter((step) => step.name === "lineTo").length;
  assert.equal(strokes({ hovered: 1 }), strokes({}) + 1);
  assert.equal(strokes({ hovered: 0 }), strokes({}));
});
