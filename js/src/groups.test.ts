/** The tree is kept up change by change, and is then the one that a walk over all tasks gives. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { allTasks, createGroups, type Group, isLeaf, splitName, timesOf } from "./groups.ts";
import { STATES, secondsOf } from "./picture.ts";
import { createStore } from "./store.ts";
import { assigned, createSender, finished, idOf, reported, submitted } from "./testing/sample.ts";

function followed() {
  const store = createStore();
  const groups = createGroups();
  store.subscribe((change) => groups.update(store.view, change));
  return { store, groups, send: createSender(store) };
}

const NAMES = ["a/x", "a/x", "a/y", "a", "b/c/d", ""].map((name) => ({ name }));
const IDS = NAMES.map((_, i) => idOf(10 + i));

function countsOf(group: Group | undefined): Record<string, number> {
  const counts = STATES.map((state, i) => [state, group?.counts[i] ?? 0] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

test("a name's parts are its groups, a leading slash means nothing", () => {
  assert.deepEqual(splitName("/a//b/"), ["a", "b"]);
  assert.deepEqual(splitName(""), [""]);
  const deep = Array.from({ length: 40 }, (_, i) => `p${i}`).join("/");
  assert.equal(splitName(deep).length, 32);
  assert.equal(splitName(deep).join("/"), deep);
});

test("a name may be task and group, and stand twice", () => {
  const { groups, send } = followed();
  send([submitted(NAMES)]);
  assert.deepEqual([...groups.root.below.keys()], ["a", "b", "python"]);
  assert.equal(groups.at("a")?.tasks.size, 1);
  assert.equal(groups.at("a/x")?.tasks.size, 2);
  assert.equal(groups.at("a")?.total, 4);
  assert.ok(isLeaf(groups.at("b/c/d") as Group));
  assert.deepEqual(allTasks(groups.at("a") as Group), [IDS[3], IDS[0], IDS[1], IDS[2]]);
  assert.equal(groups.of(IDS[2] as number)?.path, "a/y");
});

test("states and times of a group rise with its tasks", () => {
  const { groups, send } = followed();
  send([submitted(NAMES), assigned(IDS)]);
  send([finished(IDS.slice(0, 1), 1), finished(IDS.slice(1, 2), 3)]);
  const a = groups.at("a") as Group;
  assert.deepEqual(countsOf(a), { assigned: 2, finished: 2 });
  assert.deepEqual([a.good, a.ended, a.total], [2, 2, 4]);
  assert.deepEqual(timesOf(a), { count: 2, total: 4, mean: 2, deviation: 1 });
  assert.deepEqual(countsOf(groups.at("a/y")), { assigned: 1 });
});

test("tasks that go take their empty groups with them", () => {
  const { groups, send } = followed();
  send([submitted(NAMES)]);
  const tasks = [IDS[4] as number, IDS[0] as number];
  send([{ type: "CancelRequested", session: 1, tasks, replaced: true }]);
  assert.equal(groups.at("b"), undefined);
  assert.equal(groups.at("a/x")?.total, 1);
  assert.equal(groups.root.total, 4);
});

test("changes one by one give the tree that a walk over all gives", () => {
  const { store, groups, send } = followed();
  const rows = Array.from({ length: 300 }, (_, i) => ({ name: `g${i % 7}/h${i % 3}/t${i}` }));
  const ids = rows.map((_, i) => idOf(10 + i));
  send([submitted(rows)]);
  send([assigned(ids)]);
  for (let i = 0; i < 300; i += 9) send([finished(ids.slice(i, i + 5), i / 7)]);
  const failure = { message: "no", traceback: "", debug: "", line: 0 };
  send([reported({ failed: ids.slice(5, 9).map((id) => [id, 1, 2, 3, failure]) })]);
  send([{ type: "TasksReady", tasks: ids.slice(0, 20) }]); // they run again
  const whole = createGroups();
  whole.update(store.view, { all: true, tasks: new Set() });
  const pairs: [Group, Group][] = [[groups.root, whole.root]];
  for (const [one, other] of pairs) {
    assert.deepEqual(one.counts, other.counts);
    assert.deepEqual([...one.tasks], [...other.tasks]);
    assert.ok(Math.abs(timesOf(one).deviation - timesOf(other).deviation) < 1e-6);
    assert.deepEqual([...one.below.keys()], [...other.below.keys()]);
    for (const [name, below] of one.below) pairs.push([below, other.below.get(name) as Group]);
  }
  const times = [...store.view.tasks.values()].flatMap((task) => secondsOf(task) ?? []);
  const mean = times.reduce((sum, time) => sum + time, 0) / times.length;
  assert.ok(Math.abs(timesOf(groups.root).mean - mean) < 1e-9);
});
