/** Recorded sessions are seen as Python sees them, in whatever pieces they come. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyDraft } from "./draft.ts";
import type { EventUnion } from "./events.ts";
import { fold } from "./fold.ts";
import { JOURNALS, plain } from "./testing/journals.ts";
import { assigned, entries, finished, idOf, reported, submitted } from "./testing/sample.ts";

function folded(events: readonly EventUnion[]) {
  const draft = emptyDraft();
  for (const entry of entries(events)) fold(draft, entry);
  return draft;
}

for (const { name, entries, view } of JOURNALS) {
  test(`${name} is seen as Python sees it`, () => {
    const draft = emptyDraft();
    for (const entry of entries) assert.equal(fold(draft, entry), true);
    assert.deepEqual(plain(draft), view);
  });

  test(`${name} is the same when each entry comes twice`, () => {
    const draft = emptyDraft();
    for (const entry of entries) fold(draft, entry);
    for (const entry of entries) assert.equal(fold(draft, entry), false);
    assert.deepEqual(plain(draft), view);
  });
}

const [FIRST, SECOND] = [idOf(10), idOf(11)];
const TWO = submitted([{ name: "a" }, { name: "b", inputs: [FIRST] }]);

test("facts and traces are numbered apart", () => {
  const draft = emptyDraft();
  const notice = { type: "Noticed", text: "look", level: "info" } as const;
  assert.equal(fold(draft, { seq: 9, at: 1, session: null, event: notice }), true);
  assert.equal(fold(draft, { seq: 3, at: 1, session: 1, event: TWO }), true);
  assert.equal(fold(draft, { seq: 8, at: 1, session: null, event: notice }), false);
  assert.deepEqual([draft.seq, draft.trace_seq, draft.notices], [3, 9, ["look"]]);
});

test("rows of an assignment that is not open any more are too late", () => {
  const late = reported({ started: [[FIRST, 1, 5]], finished: [[FIRST, 1, 5, 6, []]] });
  const draft = folded([TWO, assigned([FIRST], 1), assigned([FIRST], 2), late]);
  assert.equal(draft.tasks.get(FIRST)?.state, "assigned");
  assert.equal(draft.tasks.get(FIRST)?.attempts, 0);
});

test("a task that is given back waits for its inputs, or is ready", () => {
  const back = { type: "TasksGivenBack", tasks: [FIRST, SECOND], reason: "engine lost" } as const;
  const draft = folded([TWO, assigned([FIRST, SECOND]), back]);
  assert.equal(draft.tasks.get(FIRST)?.state, "ready");
  assert.equal(draft.tasks.get(SECOND)?.state, "waiting");
  assert.equal(draft.tasks.get(SECOND)?.reason, "engine lost");
  fold(draft, { seq: 90, at: 1, session: 1, event: assigned([FIRST], 3) });
  fold(draft, {
    seq: 91,
    at: 1,
    session: 1,
    event: reported({ finished: [[FIRST, 3, 1, 2, []]] }),
  });
  fold(draft, { seq: 92, at: 1, session: 1, event: { ...back, tasks: [SECOND] } });
  assert.equal(draft.tasks.get(SECOND)?.state, "ready");
});

test("an output of which a report says nothing is made all the same", () => {
  const silent = reported({ finished: [[FIRST, 1, 1, 2, []]] });
  const thing = folded([TWO, assigned([FIRST]), silent]).objects.get(FIRST);
  assert.deepEqual([thing?.state, thing?.size, thing?.maker], ["made", 0, FIRST]);
});

test("tasks that were replaced go with their objects and sources", () => {
  const shell = submitted([{ name: "a" }], [[String(FIRST), "echo"]]);
  const replaced = { type: "CancelRequested", session: 1, tasks: [FIRST], replaced: true } as const;
  const draft = folded([shell, replaced]);
  assert.deepEqual([draft.tasks.size, draft.objects.size, draft.sources.size], [0, 0, 0]);
  assert.equal(draft.shape, true);
});

test("what changed is marked, the makers of objects too", () => {
  const draft = folded([TWO, assigned([FIRST]), finished([FIRST])]);
  draft.touched.clear();
  fold(draft, { seq: 50, at: 1, session: 1, event: { type: "ObjectsDropped", objects: [FIRST] } });
  assert.deepEqual([...draft.touched], [FIRST]);
  assert.equal(draft.objects.get(FIRST)?.state, "dropped");
});

test("the newest hundred notices are kept", () => {
  const notices = Array.from({ length: 150 }, (_, i): EventUnion => {
    return { type: "Noticed", text: `${i}`, level: "info" };
  });
  const draft = folded(notices);
  assert.deepEqual([draft.notices.length, draft.notices[0]], [100, "50"]);
});
