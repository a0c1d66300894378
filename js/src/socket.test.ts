/** A websocket that was lost is opened again, and nothing is heard after the end. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { FIRST_WAIT, MOST_WAIT, openSocket, type Wire } from "./socket.ts";

interface End extends Wire {
  sent: string[];
  isClosed: boolean;
}

let wires: End[] = [];
let heard: string[] = [];

function make(): End {
  const wire = {
    onopen: null,
    onmessage: null,
    onclose: null,
    readyState: 0,
    sent: [] as string[],
    isClosed: false,
    send: (text: string) => wire.sent.push(text),
    close: () => {
      wire.isClosed = true;
    },
  };
  wires.push(wire as unknown as End);
  return wire as unknown as End;
}

const ears = {
  opened: () => heard.push("opened"),
  hear: (text: string) => heard.push(text),
  lost: () => heard.push("lost"),
};

/** What a browser does to a websocket. */
function happen(wire: End, what: "onopen" | "onmessage" | "onclose", data?: unknown): void {
  (wire as unknown as { readyState: number }).readyState = what === "onclose" ? 3 : 1;
  (wire[what] as (event: unknown) => void)({ data });
}

function newest(): End {
  const wire = wires.at(-1);
  assert.ok(wire !== undefined);
  return wire;
}

beforeEach(() => {
  [wires, heard] = [[], []];
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

test("messages are sent while it is open, and only then", () => {
  const socket = openSocket("ws://x", ears, make);
  socket.send({ type: "hello" });
  happen(newest(), "onopen");
  socket.send({ type: "shown" });
  assert.deepEqual(newest().sent, ['{"type":"shown"}']);
  happen(newest(), "onmessage", "text");
  happen(newest(), "onmessage", new ArrayBuffer(3));
  assert.deepEqual(heard, ["opened", "text"]);
});

test("it comes back, each time later, and at once again after a success", () => {
  openSocket("ws://x", ears, make);
  for (let wait = FIRST_WAIT; wait < 4 * MOST_WAIT; wait *= 2) {
    const before = wires.length;
    happen(newest(), "onclose");
    mock.timers.tick(Math.min(wait, MOST_WAIT) - 1);
    assert.equal(wires.length, before);
    mock.timers.tick(1);
    assert.equal(wires.length, before + 1);
  }
  happen(newest(), "onopen");
  happen(newest(), "onclose");
  const before = wires.length;
  mock.timers.tick(FIRST_WAIT);
  assert.equal(wires.length, before + 1);
});

test("closed, it neither hears nor comes back", () => {
  const socket = openSocket("ws://x", ears, make);
  happen(newest(), "onopen");
  socket.close();
  assert.ok(newest().isClosed);
  happen(newest(), "onmessage", "late");
  happen(newest(), "onclose");
  mock.timers.tick(10 * MOST_WAIT);
  assert.equal(wires.length, 1);
  assert.deepEqual(heard, ["opened"]);
});

test("closed while it waits, it does not come back", () => {
  const socket = openSocket("ws://x", ears, make);
  happen(newest(), "onclose");
  socket.close();
  mock.timers.tick(10 * MOST_WAIT);
  assert.equal(wires.length, 1);
});
