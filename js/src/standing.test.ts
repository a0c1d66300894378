/** Boxes follow their tasks, and lead with what needs looking at. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { STATES, type State } from "./picture.ts";
import { createStanding } from "./standing.ts";

function stateOf(states: readonly State[]): (task: number) => State | undefined {
  return (task) => states[task];
}

test("a box leads with a failure, then with what runs, then with what waits", () => {
  const states: State[] = ["finished", "failed", "running", "running", "waiting", "finished"];
  const standing = createStanding([[0, 1, 2], [3, 4], [4, 5], [5]], stateOf(states));
  assert.deepEqual([0, 1, 2, 3].map(standing.lead), ["failed", "running", "waiting", "finished"]);
  assert.equal(standing.total(0), 3);
  assert.equal(standing.good(0), 1);
  assert.equal(standing.count(0, "running"), 1);
});

test("each change moves one task from state to state", () => {
  const states: State[] = Array.from({ length: 30 }, () => "waiting");
  const boxes = [states.map((_, task) => task).slice(0, 20), [20, 21, 22, 23, 24]];
  const standing = createStanding(boxes, stateOf(states));
  for (let step = 0; step < 200; step += 1) {
    const task = (step * 7) % 30;
    states[task] = STATES[(step * 3) % STATES.length] ?? assert.fail();
    standing.update([task], stateOf(states));
  }
  const fresh = createStanding(boxes, stateOf(states));
  for (const box of [0, 1]) {
    assert.equal(standing.lead(box), fresh.lead(box));
    for (const state of STATES) assert.equal(standing.count(box, state), fresh.count(box, state));
  }
});

test("what did not change, and what no box holds, is no news", () => {
  const states: State[] = ["running", "running"];
  const standing = createStanding([[0]], stateOf(states));
  assert.equal(standing.update([0, 1, 99], stateOf(states)), false);
  states[0] = "finished";
  assert.equal(standing.update([0], stateOf(states)), true);
});
