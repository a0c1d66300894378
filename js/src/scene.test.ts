/** Boxes stand apart, lines begin and end at their boxes, and ways are followed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Content } from "./collapse.ts";
import { createScene, HEIGHT, reach, refilled, WIDTH } from "./scene.ts";

const VIEW = { width: 900, height: 500 };

function tasks(count: number): Content[] {
  return Array.from({ length: count }, (_, i) => ({ name: `t${i}`, path: null, tasks: [i] }));
}

function chain(count: number): [number, number][] {
  return Array.from({ length: count - 1 }, (_, i) => [i, i + 1]);
}

test("no box lies on another one, and all lie in the drawing", () => {
  const scene = createScene(tasks(300), chain(120), VIEW);
  scene.boxes.forEach((box, i) => {
    const near = scene.grid.within({ x: box.x, y: box.y, width: WIDTH, height: HEIGHT });
    assert.deepEqual(near, [i]);
    assert.ok(box.x >= 0 && box.x + WIDTH <= scene.width);
    assert.ok(box.y >= 0 && box.y + HEIGHT <= scene.height);
  });
});

test("a line leaves right of its start and arrives left of its end", () => {
  const scene = createScene(
    tasks(3),
    [
      [0, 1],
      [1, 2],
    ],
    VIEW,
  );
  for (const { start, end, from, to, below } of scene.lines) {
    const [source, target] = [scene.boxes[start], scene.boxes[end]];
    assert.ok(source !== undefined && target !== undefined);
    assert.deepEqual(from, { x: source.x + WIDTH, y: source.y + HEIGHT / 2 });
    assert.deepEqual(to, { x: target.x, y: target.y + HEIGHT / 2 });
    assert.equal(below, null);
  }
});

test("a line to another band goes around below", () => {
  const scene = createScene(tasks(40), chain(40), VIEW);
  const bands = new Set(scene.boxes.map((box) => box.place.band));
  assert.ok(bands.size > 1);
  const around = scene.lines.filter((line) => line.below !== null);
  assert.equal(around.length, bands.size - 1);
  for (const line of around) assert.ok((line.below ?? 0) > line.from.y);
});

test("the drawing has about the shape of the view", () => {
  for (const count of [150, 2_000]) {
    for (const edges of [[], chain(count)]) {
      const scene = createScene(tasks(count), edges, VIEW);
      const shape = scene.width / scene.height / (VIEW.width / VIEW.height);
      assert.ok(shape > 0.4 && shape < 2.5, `${count}: ${scene.width} x ${scene.height}`);
    }
  }
});

test("what is needed, and what needs it, is reached over all steps", () => {
  //   0 -> 1 -> 3 -> 4     2 -> 3
  const scene = createScene(
    tasks(5),
    [
      [0, 1],
      [1, 3],
      [2, 3],
      [3, 4],
    ],
    VIEW,
  );
  assert.deepEqual([...reach(3, scene.before)].sort(), [0, 1, 2]);
  assert.deepEqual([...reach(1, scene.after)].sort(), [3, 4]);
});

test("groups that need each other are reached once", () => {
  const scene = createScene(
    tasks(2),
    [
      [0, 1],
      [1, 0],
    ],
    VIEW,
  );
  assert.deepEqual([...reach(0, scene.after)], [1]);
});

test("each task is found in its box", () => {
  const scene = createScene([{ name: "g", path: "g", tasks: [7, 8] }, ...tasks(2)], [], VIEW);
  assert.equal(scene.boxOf.get(8), 0);
  assert.equal(scene.boxOf.get(1), 2);
});

test("boxes that hold other tasks keep their places, other boxes do not", () => {
  const group = { name: "g", path: "g", tasks: [7, 8] };
  const scene = createScene([group, ...tasks(2)], [[0, 1]], VIEW);
  const more = refilled(scene, [{ ...group, tasks: [7, 8, 9] }, ...tasks(2)], [[0, 1]]);
  assert.equal(more?.boxOf.get(9), 0);
  assert.equal(more?.boxes[1]?.x, scene.boxes[1]?.x);
  assert.equal(refilled(scene, [group, ...tasks(3)], [[0, 1]]), null);
  assert.equal(refilled(scene, [group, ...tasks(2)], [[1, 0]]), null);
  assert.equal(refilled(scene, [{ ...group, path: null }, ...tasks(2)], [[0, 1]]), null);
});

test("no tasks are no drawing", () => {
  const scene = createScene([], [], VIEW);
  assert.equal(scene.boxes.length, 0);
  assert.equal(scene.grid.at({ x: 0, y: 0 }), null);
});
