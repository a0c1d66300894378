/** Gaps, lost snapshots, lost last frames, and silence while nobody looks. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { Frame } from "./events.ts";
import { createFeed, type Feed, FIRST_PATIENCE, MOST_PATIENCE, type Wish } from "./feed.ts";
import type { Store } from "./store.ts";

/** A store that takes what is in order, and notes it. */
function createNotes(): { store: Store; taken: number[] } {
  const taken: number[] = [];
  let last = 0;
  const apply = (frame: Frame): "applied" | "gap" => {
    if (frame.type === "Delta" && frame.frame !== last + 1) return "gap";
    last = frame.frame;
    taken.push(last);
    return "applied";
  };
  return { store: { apply } as unknown as Store, taken };
}

const snapshot = (frame: number): string => JSON.stringify({ type: "Snapshot", epoch: 7, frame });
const delta = (frame: number): string => JSON.stringify({ type: "Delta", epoch: 7, frame });

let wishes: Wish[];
let silences: boolean[];
let taken: number[];
let feed: Feed;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  wishes = [];
  const notes = createNotes();
  taken = notes.taken;
  silences = [];
  feed = createFeed(
    notes.store,
    (wish) => wishes.push(wish),
    (silent) => silences.push(silent),
  );
});

afterEach(() => {
  feed.destroy();
  mock.timers.reset();
});

test("a view that is shown asks once, and then takes what comes in order", () => {
  feed.setShown(true);
  feed.setShown(true);
  feed.take(snapshot(1));
  feed.take(delta(2));
  mock.timers.tick(60_000);
  assert.deepEqual(wishes, ["shown"]);
  assert.deepEqual(taken, [1, 2]);
});

test("a gap is asked for once, and what comes before the snapshot is left", () => {
  feed.setShown(true);
  feed.take(snapshot(1));
  feed.take(delta(3));
  feed.take(delta(4));
  assert.deepEqual(wishes, ["shown", "hello"]);
  feed.take(snapshot(5));
  feed.take(delta(6));
  assert.deepEqual(taken, [1, 5, 6]);
});

test("a snapshot that is lost is asked for again, less and less often", () => {
  feed.setShown(true);
  mock.timers.tick(FIRST_PATIENCE);
  mock.timers.tick(FIRST_PATIENCE * 2);
  assert.deepEqual(wishes, ["shown", "hello", "hello"]);
  mock.timers.tick(60_000);
  assert.ok(wishes.length <= 3 + 60_000 / MOST_PATIENCE + 2);
  feed.take(snapshot(1));
  const asked = wishes.length;
  mock.timers.tick(60_000);
  assert.equal(wishes.length, asked);
});

test("an end that does not answer counts as silent until it does", () => {
  feed.setShown(true);
  mock.timers.tick(FIRST_PATIENCE * 2);
  assert.deepEqual(silences, []);
  mock.timers.tick(FIRST_PATIENCE * 60);
  assert.deepEqual(silences, [true]);
  feed.take(snapshot(1));
  assert.deepEqual(silences, [true, false]);
});

test("a doubt asks for all, once, if somebody looks", () => {
  feed.doubt();
  assert.deepEqual(wishes, []);
  feed.setShown(true);
  feed.take(snapshot(1));
  feed.doubt();
  feed.doubt();
  assert.deepEqual(wishes, ["shown", "hello"]);
});

test("a last frame that was lost is noticed by the next beat", () => {
  feed.setShown(true);
  feed.take(snapshot(1));
  feed.beat(7, 1);
  assert.deepEqual(wishes, ["shown"]);
  feed.beat(7, 2);
  feed.beat(7, 2);
  assert.deepEqual(wishes, ["shown", "hello"]);
});

test("another epoch is noticed too", () => {
  feed.setShown(true);
  feed.take(snapshot(1));
  feed.beat(8, 1);
  assert.deepEqual(wishes, ["shown", "hello"]);
});

test("while nobody looks nothing is asked, and looking again asks for all", () => {
  feed.take(delta(9));
  assert.deepEqual(wishes, []);
  feed.setShown(true);
  feed.setShown(false);
  feed.take(delta(10));
  mock.timers.tick(60_000);
  assert.deepEqual(wishes, ["shown", "hidden"]);
  feed.setShown(true);
  assert.deepEqual(wishes, ["shown", "hidden", "shown"]);
});

test("a feed that has ended asks for nothing", () => {
  feed.setShown(true);
  feed.destroy();
  feed.take(delta(3));
  feed.beat(7, 3);
  mock.timers.tick(60_000);
  assert.deepEqual(wishes, ["shown"]);
});
