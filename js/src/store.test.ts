/** Frames in, changes out: in order, and never half. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Delta, Entry } from "./events.ts";
import { type Change, createStore } from "./store.ts";
import { JOURNALS, plain } from "./testing/journals.ts";
import {
  assigned,
  createSender,
  emptySnapshot,
  entries,
  finished,
  idOf,
  said,
  submitted,
} from "./testing/sample.ts";

const delta = (frame: number, entries: readonly Entry[] = [], epoch = 1): Delta => {
  return { type: "Delta", epoch, frame, entries, left_out: 0 };
};

for (const { name, entries, view, snapshots } of JOURNALS) {
  test(`${name}: a snapshot and the deltas after it are the whole`, () => {
    for (const [count, snapshot] of snapshots) {
      const store = createStore();
      assert.equal(store.apply({ ...snapshot, frame: 4 }), "applied");
      entries.slice(count).forEach((entry, i) => {
        assert.equal(store.apply(delta(5 + i, [entry], 0)), "applied");
      });
      assert.deepEqual(plain(store.view), view);
    }
  });
}

test("nothing is taken before the first snapshot", () => {
  const store = createStore();
  assert.equal(store.apply(delta(1)), "gap");
  assert.equal(store.apply(emptySnapshot()), "applied");
  assert.equal(store.apply(delta(2)), "applied");
});

test("after a gap no delta is taken until a snapshot comes", () => {
  const store = createStore();
  store.apply(emptySnapshot());
  assert.equal(store.apply(delta(3)), "gap");
  assert.equal(store.apply(delta(2)), "gap"); // late, and the state is not that of its frame
  assert.equal(store.apply(emptySnapshot({ frame: 9 })), "applied");
  assert.equal(store.apply(delta(10)), "applied");
  assert.equal(store.apply(delta(11, [], 2)), "gap"); // of another stream
});

test("listeners are told what changed, until they stop", () => {
  const store = createStore();
  const changes: Change[] = [];
  const stop = store.subscribe((change) => changes.push(change));
  const send = createSender(store);
  send([submitted([{ name: "a" }])]);
  send([assigned([idOf(10)]), said(idOf(10), "hello\n")]);
  send([finished([idOf(10)])]);
  stop();
  send([{ type: "Noticed", text: "look", level: "info" }]);
  const told = changes.map(({ shape, tasks, lines, all }) => [shape, tasks.size, lines, all]);
  assert.deepEqual(told, [
    [true, 0, true, true],
    [true, 1, false, false],
    [false, 1, true, false],
    [false, 1, false, false],
  ]);
});

test("output is not told twice where a snapshot overlaps", () => {
  const store = createStore();
  const words = entries([said(1, "a\n"), said(1, "b\n"), said(1, "c\n")]);
  store.apply(emptySnapshot({ said: words.slice(0, 2), trace_seq: 2 }));
  store.apply(delta(2, words.slice(1)));
  assert.deepEqual(
    [...store.lines.from(0)].map(({ text }) => text),
    ["a", "b", "c"],
  );
});

test("lines stay when a snapshot of the same stream comes, and what is missing is counted", () => {
  const store = createStore();
  const words = entries([1, 2, 3, 4, 5].map((i) => said(1, `${i}\n`)));
  store.apply(emptySnapshot());
  store.apply(delta(2, words.slice(0, 1)));
  store.apply(delta(9));
  const snapshot = { frame: 10, trace_seq: 5, said: words.slice(3), left_out: 3 };
  store.apply(emptySnapshot(snapshot));
  assert.deepEqual(
    [...store.lines.from(0)].map(({ text }) => text),
    ["1", "4", "5"],
  );
  assert.equal(store.lines.leftOut, 2);
});

test("another stream begins with no lines", () => {
  const store = createStore();
  const [word] = entries([said(1, "a\n")]) as [Entry];
  store.apply(emptySnapshot({ said: [word], trace_seq: 1 }));
  const before = store.lines;
  store.apply(emptySnapshot({ epoch: 2, frame: 1 }));
  assert.notEqual(store.lines, before);
  assert.equal(store.lines.next, 0);
});
