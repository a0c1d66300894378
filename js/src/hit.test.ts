/** The grid finds what a walk over all boxes finds. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createGrid } from "./hit.ts";

const WIDTH = 156;
const HEIGHT = 42;
const CORNERS = Array.from({ length: 400 }, (_, i) => ({
  x: (i % 20) * 204,
  y: Math.floor(i / 20) * 56.5,
}));
const GRID = createGrid(CORNERS, WIDTH, HEIGHT);

test("a point in a box finds it, a point between finds nothing", () => {
  assert.equal(GRID.at({ x: 5 * 204 + 1, y: 3 * 56.5 + 41 }), 65);
  assert.equal(GRID.at({ x: 5 * 204 - 10, y: 3 * 56.5 + 10 }), null);
  assert.equal(GRID.at({ x: -1e7, y: 4 }), null);
});

test("of boxes that lie over each other the last one is hit", () => {
  const grid = createGrid(
    [
      { x: 0, y: 0 },
      { x: 10, y: 10 },
    ],
    WIDTH,
    HEIGHT,
  );
  assert.equal(grid.at({ x: 20, y: 20 }), 1);
  assert.equal(grid.at({ x: 5, y: 5 }), 0);
});

test("an area finds all boxes that touch it", () => {
  for (const area of [
    { x: -50, y: -50, width: 40, height: 40 },
    { x: 100, y: 100, width: 700, height: 300 },
    { x: 155, y: 41, width: 2, height: 2 },
    { x: -1e5, y: -1e5, width: 2e5, height: 2e5 },
  ]) {
    const walked = [...CORNERS.keys()].filter((box) => {
      const corner = CORNERS[box] ?? assert.fail();
      return (
        corner.x <= area.x + area.width &&
        corner.x + WIDTH >= area.x &&
        corner.y <= area.y + area.height &&
        corner.y + HEIGHT >= area.y
      );
    });
    assert.deepEqual(GRID.within(area), walked);
  }
});
