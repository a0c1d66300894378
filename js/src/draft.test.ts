/** The small changes of a view keep what they should and drop the rest. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { declaredTask, ended, fresh, running, shownName } from "./draft.ts";
import type { TaskSpec } from "./events.ts";
import { idOf } from "./testing/sample.ts";

const SPEC: TaskSpec = [
  ...([idOf(10), "python", "/a/b/", [3], ["left"], [idOf(10)]] as const),
  ...([[2, [], [], [], false], "key", 1, ["cell.py", 4, null], {}] as const),
];

test("a declared task has its spec in words", () => {
  const task = declaredTask(SPEC);
  assert.equal(task.name, "a/b");
  assert.deepEqual([task.cpus, task.function, task.session], [2, "key", 1]);
  assert.deepEqual(task.place, { file: "cell.py", line: 4, cell: null });
  assert.deepEqual([task.state, task.assignment, task.engine], ["waiting", 0, null]);
});

test("a task of an older journal may run anywhere", () => {
  const claims = [2, [], ["db"]];
  const older = [...SPEC.slice(0, 6), claims, ...SPEC.slice(7)] as unknown as TaskSpec;
  const task = declaredTask(older);
  assert.deepEqual([task.cpus, task.limits, task.where], [2, ["db"], []]);
});

test("a name without text is the kind", () => {
  assert.equal(shownName("//", "shell"), "shell");
  assert.equal(shownName("a//b", "shell"), "a//b");
});

test("a task on its engine forgets what earlier attempts said", () => {
  const before = ended({ ...declaredTask(SPEC), attempts: 2, engine: 5 }, "failed", {
    failure: { message: "no", traceback: "", debug: "", line: 1 },
  });
  const now = running(before, "running", 7, null);
  assert.deepEqual([now.failure, now.attempts, now.engine, now.began], [null, 3, 5, 7]);
  assert.deepEqual([fresh(now, "ready").engine, fresh(now, "ready").began], [null, null]);
});
