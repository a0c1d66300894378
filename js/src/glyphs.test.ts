/** Each state has a sign of its own, and many of them are few strokes of the pen. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { drawGlyphs, hatch, type Pen } from "./glyphs.ts";
import type { Palette } from "./palette.ts";
import { STATES } from "./picture.ts";

const PALETTE: Palette = {
  paper: "paper",
  ink: "ink",
  soft: "soft",
  line: "line",
  focus: "focus",
  grey: "grey",
  running: "grey", // one colour for all: signs must differ without it
  finished: "grey",
  failed: "grey",
  font: "sans-serif",
};

/** A pen that writes down what it is told. */
function createRecorder(): Pen & { readonly steps: string[] } {
  const steps: string[] = [];
  const record =
    (name: string) =>
    (...places: unknown[]): void => {
      steps.push(`${name} ${places.join(" ")}`);
    };
  return {
    steps,
    fillStyle: "",
    strokeStyle: "",
    lineWidth: 1,
    lineCap: "butt",
    lineJoin: "miter",
    beginPath: () => undefined,
    moveTo: record("moveTo"),
    lineTo: record("lineTo"),
    closePath: record("closePath"),
    arc: record("arc"),
    rect: record("rect"),
    fill: record("fill"),
    stroke: record("stroke"),
  };
}

test("no two signs look the same, but that of states that only wait and of those that are good", () => {
  const seen = new Map<string, string[]>();
  for (const state of STATES) {
    const pen = createRecorder();
    drawGlyphs(pen, state, [{ x: 0, y: 0 }], PALETTE);
    const steps = pen.steps.join("\n");
    seen.set(steps, [...(seen.get(steps) ?? []), state]);
  }
  const alike = [...seen.values()].filter((states) => states.length > 1);
  assert.deepEqual(alike, [
    ["declared", "waiting"],
    ["finished", "cached"],
  ]);
});

test("a hundred signs take as many fills and strokes as one", () => {
  const strokes = (count: number): number => {
    const pen = createRecorder();
    const points = Array.from({ length: count }, (_, i) => ({ x: i, y: 0 }));
    drawGlyphs(pen, "failed", points, PALETTE);
    return pen.steps.filter((step) => /fill|stroke/.test(step)).length;
  };
  assert.equal(strokes(100), strokes(1));
  assert.equal(strokes(0), 0);
});

test("slanted lines stay inside their rectangle", () => {
  const pen = createRecorder();
  hatch(pen, 10, 20, 30, 5);
  assert.ok(pen.steps.length >= 16);
  for (const step of pen.steps) {
    const [, x, y] = step.split(" ").map(Number);
    assert.ok(x !== undefined && x >= 10 && x <= 40, step);
    assert.ok(y !== undefined && y >= 20 && y <= 25, step);
  }
});
