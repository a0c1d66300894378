/** What is shown at first can be read, as long as there are groups to collapse. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { fitted, READABLE, type Size } from "./camera.ts";
import { shown } from "./collapse.ts";
import { createGroups } from "./groups.ts";
import { BUDGET, readableAim } from "./readable.ts";
import { createScene } from "./scene.ts";
import { idOf, type Row, sampleView } from "./testing/sample.ts";

const VIEW = { width: 520, height: 290 };

/** The names of the boxes that are shown at first, and how near they are seen. */
function first(rows: readonly Row[], size: Size = VIEW) {
  const view = sampleView(rows);
  const groups = createGroups();
  groups.update(view, { all: true, tasks: new Set() });
  const aim = readableAim(view, groups.root, size);
  const { contents, edges } = shown(view, groups.root, { budget: BUDGET, aim });
  const { zoom } = fitted(createScene(contents, edges, size), size);
  return { names: contents.map(({ name }) => name), zoom, aim };
}

function some(count: number, name: string, inputs: number[] = []): Row[] {
  return Array.from({ length: count }, (_, i) => ({ name: `${name}${i}`, inputs }));
}

/** The quickstart's graph. */
function story(): Row[] {
  const load: Row[] = [{ id: idOf(10), name: "tables/load", outputs: [idOf(10)] }];
  const parts = [...some(36, "evening/", [idOf(10)]), ...some(12, "rain/", [idOf(10)])];
  return [
    ...load,
    ...some(2, "tables/by_", [idOf(10)]),
    { name: "add_rain" },
    ...parts,
    { name: "findings" },
  ];
}

test("the largest group is collapsed so that names can be read, and no more than needed", () => {
  const { names, zoom } = first(story());
  assert.deepEqual(
    names.filter((name) => !name.startsWith("rain/")),
    ["tables/load", "tables/by_0", "tables/by_1", "add_rain", "evening", "findings"],
  );
  assert.equal(names.length, 18);
  assert.ok(zoom >= READABLE);
});

test("in a large view no group is collapsed", () => {
  const { names } = first(story(), { width: 1600, height: 900 });
  assert.equal(names.length, story().length);
});

test("deep trees are collapsed as far as is needed", () => {
  const rows = Array.from({ length: 20 }, (_, i) => some(10, `group_${i % 4}/part_${i}/t`)).flat();
  const { names, zoom } = first(rows);
  assert.ok(zoom >= READABLE);
  assert.ok(names.length >= 20, "five parts in each of four groups fit");
});

test("a group is left open when single tasks fill the view anyhow", () => {
  const { names, aim } = first([...some(100, "t"), ...some(3, "g/")]);
  assert.equal(aim, BUDGET);
  assert.equal(names.length, 103);
});

test("ten thousand tasks of one level stay within the budget", () => {
  const { names, aim } = first(some(10_000, "t"));
  assert.deepEqual([names.length, aim], [1, BUDGET]);
});
