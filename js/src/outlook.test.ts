/** Places are found when the shape changes or a group is opened, and at no other time. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createOutlook, type Outlook } from "./outlook.ts";
import { BUDGET } from "./readable.ts";
import { createStore } from "./store.ts";
import { assigned, createSender, finished, idOf, type Row, submitted } from "./testing/sample.ts";

const VIEW = { width: 900, height: 500 };

/** An outlook on a store that these rows were sent to, and how to send more. */
function follow(rows: readonly Row[], clock = () => 0) {
  const store = createStore();
  const send = createSender(store);
  const outlook = createOutlook(store, clock);
  store.subscribe(outlook.take);
  send([submitted(rows)]);
  outlook.refresh(VIEW);
  return { outlook, send };
}

/** `count` tasks in each of these groups. */
function grouped(names: readonly string[], count: number): Row[] {
  return names.flatMap((name) =>
    Array.from({ length: count }, (_, i): Row => ({ name: `${name}/part_${i}` })),
  );
}

function namesOf({ scene }: Outlook): string[] {
  return scene.boxes.map((box) => box.name);
}

test("ten thousand tasks in twenty groups are twenty boxes, laid out once", () => {
  const names = Array.from({ length: 20 }, (_, i) => `group_${i}`);
  const { outlook, send } = follow(grouped(names, 500));
  assert.deepEqual(namesOf(outlook), names);
  for (let start = 0; start < 10_000; start += 1_000) {
    const ids = Array.from({ length: 1_000 }, (_, i) => idOf(10 + start + i));
    send([assigned(ids), finished(ids)]);
    outlook.refresh(VIEW);
  }
  assert.equal(outlook.layouts, 1);
  assert.deepEqual([0, 19].map(outlook.standing.good), [500, 500]);
  assert.equal(outlook.standing.lead(7), "finished");
});

test("tasks that come into a collapsed group leave all places as they are", () => {
  const { outlook, send } = follow(grouped(["a", "b"], 200));
  const before = outlook.scene;
  send([submitted([{ id: idOf(5_000), name: "b/late" }])]);
  assert.ok(outlook.refresh(VIEW));
  assert.equal(outlook.layouts, 1);
  assert.equal(outlook.scene.grid, before.grid);
  assert.equal(outlook.scene.boxOf.get(idOf(5_000)), 1);
  assert.equal(outlook.standing.total(1), 201);
});

test("tasks that come without end leave time for other things, and states still change", () => {
  let now = 0;
  const { outlook, send } = follow(grouped(["a", "b"], 200), () => {
    now += 1; // each look at the clock takes 1 ms
    return now;
  });
  const { scene } = outlook;
  send([submitted([{ id: idOf(5_000), name: "c" }])]);
  assert.equal(outlook.rest(), 3);
  assert.equal(outlook.refresh(VIEW), false);
  send([assigned([idOf(10)]), finished([idOf(10)])]);
  assert.equal(outlook.standing.good(0), 1);
  assert.equal(outlook.scene, scene);
  outlook.expand(1); // the user does not wait
  assert.ok(outlook.refresh(VIEW));
  send([submitted([{ id: idOf(5_001), name: "d" }])]);
  now += 10;
  assert.equal(outlook.rest(), 0);
  assert.ok(outlook.refresh(VIEW));
});

test("a new box needs new places", () => {
  const { outlook, send } = follow(grouped(["a", "b"], 200));
  send([submitted([{ id: idOf(5_000), name: "c" }])]);
  outlook.refresh(VIEW);
  assert.equal(outlook.layouts, 2);
  assert.deepEqual(namesOf(outlook), ["a", "b", "c"]);
});

test("a group is expanded over the budget, and collapsed from any of its tasks", () => {
  const { outlook } = follow(grouped(["a", "b"], 300));
  assert.equal(outlook.isGrouped(0), false);
  outlook.expand(1);
  assert.ok(outlook.refresh(VIEW));
  assert.equal(outlook.scene.boxes.length, 301);
  assert.ok(outlook.scene.boxes.length > BUDGET);
  assert.ok(outlook.isGrouped(200));
  outlook.collapse(200);
  outlook.refresh(VIEW);
  assert.deepEqual(namesOf(outlook), ["a", "b"]);
  assert.equal(outlook.layouts, 3);
});

test("a group within the budget is collapsed when the user wants it, up to the top", () => {
  const { outlook } = follow([
    { name: "a/b/x" },
    { name: "a/b/y" },
    { name: "a/c" },
    { name: "z" },
  ]);
  assert.equal(outlook.scene.boxes.length, 4);
  outlook.collapse(0);
  outlook.refresh(VIEW);
  assert.deepEqual(namesOf(outlook), ["a/b", "a/c", "z"]);
  outlook.collapse(0);
  outlook.refresh(VIEW);
  assert.deepEqual(namesOf(outlook), ["a", "z"]);
  assert.equal(outlook.isGrouped(1), false);
  outlook.expand(0);
  outlook.refresh(VIEW);
  assert.deepEqual(namesOf(outlook), ["a/b", "a/c", "z"]);
});

test("names that differ in their numbers alone are opened and closed, too", () => {
  const { outlook } = follow(Array.from({ length: 400 }, (_, i): Row => ({ name: `step_${i}` })));
  assert.deepEqual(namesOf(outlook), ["step_*"]);
  outlook.expand(0);
  outlook.refresh(VIEW);
  assert.equal(outlook.scene.boxes.length, 400);
  outlook.collapse(17);
  outlook.refresh(VIEW);
  assert.deepEqual(namesOf(outlook), ["step_*"]);
});

test("the box of all that is left over is opened and closed, too", () => {
  const letters = "abcdefghijklmnopqrstuvwxyz";
  const rows = [...letters].flatMap((one) => [...letters].map((two): Row => ({ name: one + two })));
  const { outlook } = follow(rows);
  assert.equal(namesOf(outlook).at(-1), `${rows.length - BUDGET + 1} more`);
  outlook.expand(BUDGET - 1);
  outlook.refresh(VIEW);
  assert.equal(outlook.scene.boxes.length, rows.length);
  outlook.collapse(600);
  outlook.refresh(VIEW);
  assert.equal(outlook.scene.boxes.length, BUDGET);
});

test("several tasks of one name are a group of that name", () => {
  const { outlook } = follow(Array.from({ length: 200 }, (): Row => ({ name: "fit" })));
  assert.deepEqual(namesOf(outlook), ["fit"]);
  outlook.expand(0);
  outlook.refresh(VIEW);
  assert.equal(outlook.scene.boxes.length, 200);
  outlook.collapse(3);
  outlook.refresh(VIEW);
  assert.deepEqual(namesOf(outlook), ["fit"]);
});

test("without a size nothing is laid out yet", () => {
  const store = createStore();
  const outlook = createOutlook(store);
  createSender(store)([submitted([{ name: "a" }])]);
  assert.equal(outlook.refresh({ width: 0, height: 0 }), false);
  assert.equal(outlook.layouts, 0);
});
