/** States, ids and times mean what they mean in Python. */

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isBad,
  isFinal,
  isGood,
  STATES,
  type State,
  secondsOf,
  sessionOf,
  shownId,
  sourceOf,
  stateIndex,
  type TaskView,
  unreachable,
} from "./picture.ts";
import { idOf, sampleView } from "./testing/sample.ts";

test("the states stand in the order in which a task goes through them", () => {
  assert.equal(STATES.length, 10);
  assert.deepEqual(STATES.map(stateIndex), [...STATES.keys()]);
});

test("a task has ended well, ended badly, or has not ended", () => {
  const kinds = STATES.map((state) => [isGood(state), isBad(state), isFinal(state)].map(Number));
  for (const [good = 0, bad = 0, final = 0] of kinds) assert.equal(good + bad, final);
  assert.deepEqual(STATES.filter(isGood), ["finished", "cached"]);
  assert.deepEqual(STATES.filter(isBad), ["failed", "skipped", "cancelled"]);
});

test("an id carries its session, also where bits of 32 do not reach", () => {
  assert.equal(sessionOf(idOf(10)), 1);
  assert.equal(shownId(70_000 * 2 ** 32 + 12), "70000/12");
});

test("only what ran to its end has seconds, and never less than none", () => {
  const [task] = sampleView([{}]).tasks.values();
  const ran = (began: number | null, ended: number | null) =>
    secondsOf({ ...(task as TaskView), began, ended });
  assert.deepEqual([ran(null, null), ran(5, null), ran(5, 7.5), ran(7, 6)], [null, null, 2.5, 0]);
});

test("a source is found by its function, or by the task when it has none", () => {
  const view = sampleView([{ function: "key" }, {}]);
  const sources = new Map([
    ["key", "def f"],
    [String(idOf(11)), "echo"],
  ]);
  const texts = [...view.tasks.values()].map((task) => sourceOf({ ...view, sources }, task));
  assert.deepEqual(texts, ["def f", "echo"]);
});

test("a case that was forgotten is an error that names the value", () => {
  const odd = "odd" as State;
  assert.throws(() => unreachable(odd as never), /odd/);
});
