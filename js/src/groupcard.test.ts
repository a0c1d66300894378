/** A group's card: numbers, failures first; all tasks' card when nothing is picked. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { groupCard, tellTimes, timesOf } from "./groupcard.ts";
import { createStore, type Store } from "./store.ts";
import { openPage, type Page } from "./testing/page.ts";
import { assigned, createSender, finished, idOf, reported, submitted } from "./testing/sample.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

/** g/0 … g/3 ran 1, 2, 3 s and failed; other waits. */
function told(): Store {
  const store = createStore();
  const failure = { message: "ValueError: no", traceback: "", debug: "", line: 0 };
  const ids = [10, 11, 12, 13].map(idOf);
  createSender(store)([
    submitted([
      { name: "g/0" },
      { name: "g/1" },
      { name: "g/2" },
      { name: "g/3" },
      { name: "other" },
    ]),
    assigned(ids),
    ...ids.slice(0, 3).map((id, i) => finished([id], i + 1)),
    reported({ failed: [[ids[3] ?? 0, 1, 10, 12, failure]] }),
    { type: "Noticed", text: "the disk is full", level: "warning" },
  ]);
  return store;
}

test("a group has finished of total, mean ± deviation, and its sum", () => {
  const text = groupCard(told().view, { kind: "group", path: "g" }).textContent ?? "";
  for (const wanted of [
    /^g\//,
    /Finished3\/4/,
    /Others1 failed/,
    /Mean2\.0 s ± 707 ms/,
    /In all8\.0 s of 4 tasks/,
  ]) {
    assert.match(text, wanted);
  }
});

test("failures stand first, with what they said", () => {
  const made = groupCard(told().view, { kind: "group", path: "g" });
  const [first] = made.querySelectorAll("h4");
  assert.equal(first?.textContent, "Failed");
  assert.match(first?.nextElementSibling?.textContent ?? "", /g\/3, failedValueError: no/);
});

test("nothing picked is all tasks, and what was noticed", () => {
  const made = groupCard(told().view, null);
  assert.equal(made.getAttribute("data-card"), "all");
  assert.match(made.textContent ?? "", /Finished3\/5.*the disk is full/);
});

test("what is gone is said to be gone", () => {
  const text = (picked: Parameters<typeof groupCard>[1]) =>
    groupCard(told().view, picked).textContent;
  assert.equal(text({ kind: "group", path: "nowhere" }), "It is not there any longer.");
  assert.equal(groupCard(createStore().view, null).textContent, "No tasks yet.");
});

test("times are told once a task has ended", () => {
  assert.equal(tellTimes(timesOf([])), "");
  assert.equal(tellTimes({ count: 1, total: 2, mean: 2, deviation: 0 }), "2.0 s");
});
