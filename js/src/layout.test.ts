/** Places are those of Python, to the last bit. */

import assert from "node:assert/strict";
import { test } from "node:test";
import cases from "../../tests/journals/layouts.json" with { type: "json" };
import { dropBackEdges, type Edge, layout } from "./layout.ts";

test("every graph has the places that Python finds", () => {
  for (const { case: name, count, edges, limits, places, columns, heights } of cases) {
    const placed = layout(count, edges as unknown as Edge[], limits[0], limits[1]);
    const found = placed.places.map(({ column, row, band }) => [column, row, band]);
    assert.deepEqual(found, places, `case ${name}`);
    assert.equal(placed.columns, columns);
    assert.deepEqual(placed.heights, heights);
  }
});

test("a circle is opened at its last edge", () => {
  assert.deepEqual(
    dropBackEdges(3, [
      [0, 1],
      [1, 2],
      [2, 0],
    ]),
    [
      [0, 1],
      [1, 2],
    ],
  );
  assert.deepEqual(
    dropBackEdges(2, [
      [0, 0],
      [0, 1],
      [0, 1],
      [1, 0],
    ]),
    [[0, 1]],
  );
});

test("a chain of ten thousand needs no deep stack", () => {
  const edges = Array.from({ length: 9_999 }, (_, i): Edge => [i, i + 1]);
  assert.equal(layout(10_000, edges).heights.length, Math.ceil(10_000 / 7));
});
