/** A line over several columns passes between their boxes. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { routeOf } from "./routes.ts";
import { createScene, HEIGHT } from "./scene.ts";

const VIEW = { width: 1_200, height: 600 };

function scene(count: number, edges: readonly (readonly [number, number])[]) {
  const contents = Array.from({ length: count }, (_, i) => ({
    name: `t${i}`,
    path: null,
    tasks: [i],
  }));
  return createScene(contents, edges, VIEW);
}

test("a line that skips a column goes around the box that stands there", () => {
  //   0 ─▶ 1 ─▶ 2 ─▶ 3   and 0 ─▶ 3
  const chain = scene(4, [
    [0, 1],
    [1, 2],
    [2, 3],
    [0, 3],
  ]);
  const line = chain.lines[3] ?? assert.fail();
  const route = routeOf(chain, line);
  assert.equal(route.length, 2);
  for (const [i, height] of route.entries()) {
    const box = chain.boxes[i + 1] ?? assert.fail();
    assert.ok(height < box.y || height > box.y + HEIGHT, `${height} is in the box at ${box.y}`);
  }
  assert.equal(routeOf(chain, line), route); // found once
});

test("a line to the next column, or with nothing in its way, bends as it likes", () => {
  const chain = scene(3, [
    [0, 1],
    [1, 2],
  ]);
  for (const line of chain.lines) assert.deepEqual(routeOf(chain, line), []);
});

test("no line of a random graph crosses a box on its way", () => {
  const edges = Array.from({ length: 80 }, (_, i) => {
    const start = (i * 37) % 60;
    return [start, start + 1 + ((i * 17) % (60 - start))] as const;
  }).filter(([, end]) => end < 60);
  const graph = scene(60, edges);
  let crossed = 0;
  for (const line of graph.lines) {
    const first = graph.boxes[line.start]?.place ?? assert.fail();
    for (const [i, height] of routeOf(graph, line).entries()) {
      crossed += 1;
      for (const { place, y } of graph.boxes) {
        if (place.band !== first.band || place.column !== first.column + 1 + i) continue;
        assert.ok(height < y || height > y + HEIGHT);
      }
    }
  }
  assert.ok(crossed > 10, `${crossed} columns were crossed`);
});
