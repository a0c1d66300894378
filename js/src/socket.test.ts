/** A websocket that was lost is opened again, and nothing is heard after the end. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { FIRST_WAIT, MOST_WAIT, openSocket } from "./socket.ts";
import { createWires, type Wires } from "./testing/wires.ts";

let wires: Wires;
let heard: string[] = [];

const ears = {
  opened: () => heard.push("opened"),
  hear: (text: string) => heard.push(text),
  lost: () => heard.push("lost"),
};

beforeEach(() => {
  wires = createWires();
  heard = [];
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

test("messages are sent while it is open, and only then", () => {
  const socket = openSocket(wires.open, ears);
  socket.send({ type: "hello" });
  wires.newest.open();
  socket.send({ type: "shown" });
  assert.deepEqual(wires.newest.sent, ['{"type":"shown"}']);
  wires.newest.say("text");
  wires.newest.say(new ArrayBuffer(3));
  assert.deepEqual(heard, ["opened", "text"]);
});

test("it comes back, each time later, and at once again after a success", () => {
  openSocket(wires.open, ears);
  for (let wait = FIRST_WAIT; wait < 4 * MOST_WAIT; wait *= 2) {
    const before = wires.count;
    wires.newest.lose();
    mock.timers.tick(Math.min(wait, MOST_WAIT) - 1);
    assert.equal(wires.count, before);
    mock.timers.tick(1);
    assert.equal(wires.count, before + 1);
  }
  wires.newest.open();
  wires.newest.lose();
  const before = wires.count;
  mock.timers.tick(FIRST_WAIT);
  assert.equal(wires.count, before + 1);
});

test("closed, it neither hears nor comes back", () => {
  const socket = openSocket(wires.open, ears);
  wires.newest.open();
  socket.close();
  assert.ok(wires.newest.isClosed);
  wires.newest.say("late");
  wires.newest.lose();
  mock.timers.tick(10 * MOST_WAIT);
  assert.equal(wires.count, 1);
  assert.deepEqual(heard, ["opened"]);
});

test("closed while it waits, it does not come back", () => {
  const socket = openSocket(wires.open, ears);
  wires.newest.lose();
  socket.close();
  mock.timers.tick(10 * MOST_WAIT);
  assert.equal(wires.count, 1);
});
