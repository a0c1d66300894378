/** Boxes in words, as the Python side says them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { State, TaskView } from "./picture.ts";
import * as words from "./words.ts";

const TASK: TaskView = {
  id: 1,
  session: 0,
  name: "main/load/t1",
  kind: "call",
  inputs: [7],
  outputs: [8, 9],
  labels: [],
  cpus: 1,
  limits: [],
  where: [],
  function: "",
  place: { file: "/tmp/a.py", line: 3, cell: null },
  state: "finished",
  engine: 4,
  assignment: 0,
  attempts: 1,
  began: 10,
  ended: 11.25,
  failure: null,
  reason: "",
  cause: null,
};
const FAILED: TaskView = {
  ...TASK,
  state: "failed",
  attempts: 2,
  failure: { message: "KeyError: 'x'\n\u001b[31m", traceback: "", debug: "", line: 0 },
};
const COUNTS: Readonly<Partial<Record<State, number>>> = {
  finished: 3,
  cached: 1,
  failed: 1,
  running: 2,
  waiting: 5,
};
const counts = (state: State): number => COUNTS[state] ?? 0;

test("the second line has the state, and the time or the error", () => {
  assert.equal(words.tellShortly(TASK), "finished · 1.2 s");
  assert.equal(words.tellShortly({ ...TASK, state: "running", ended: null }), "running");
  assert.equal(words.tellShortly(FAILED), "failed: KeyError: 'x'\n\u001b[31m"); // shown by labels
});

test("a title says name, standing and place, a line each, whatever they hold", () => {
  assert.equal(words.titleOfTask(TASK), "main/load/t1\nfinished, 1.2 s\n/tmp/a.py:3");
  const cell = { ...FAILED, name: "a\nb", place: { file: "", line: 2, cell: 5 } };
  assert.equal(
    words.titleOfTask(cell),
    "a␊b\nfailed, KeyError: 'x'␊␛[31m, engine 4, attempt 2\nIn [5], line 2",
  );
});

test("a group tells what is good first and what went wrong last", () => {
  assert.equal(words.tellGood(counts), "4/12 finished");
  assert.equal(words.tellStates(counts), "2 running, 5 waiting, 1 failed");
  assert.equal(
    words.titleOfGroup("load", counts),
    "load\n4/12 finished, 2 running, 5 waiting, 1 failed",
  );
});

test("what is spoken ends with what is needed and made", () => {
  assert.equal(words.speakTask(TASK), "main/load/t1, finished, 1.2 s, 1 input, 2 outputs");
  assert.equal(
    words.speakGroup("load", (state) => (state === "finished" ? 2 : 0), 0, 1),
    "load, group, 2/2 finished, 0 inputs, 1 output",
  );
});

test("why a task was cancelled is told", () => {
  const cancelled: TaskView = { ...TASK, state: "cancelled", began: null, reason: "stopped" };
  assert.equal(words.describe(cancelled), "cancelled, stopped");
});
