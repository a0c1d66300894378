/** One session on the dashboard: frames into the panel, and how its client stands. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import type { SessionView } from "./events.ts";
import { type Following, followSession } from "./following.ts";
import { createDesk, type Desk } from "./testing/desk.ts";
import { openPage, type Page } from "./testing/page.ts";
import { emptySnapshot, entries, submitted } from "./testing/sample.ts";

let page: Page;
let desk: Desk;
let following: Following;
let names: string[];
let said: string[];

const drawn = () => new Promise((resolve) => setTimeout(resolve, 150));
const text = () => following.element.firstElementChild?.shadowRoot?.textContent ?? "";

const SESSION: SessionView = {
  ...{ id: 1, name: "night\u202ely", on_error: "continue", state: "open", submits: 1 },
  ...{ reason: "", failed_task: null, failure: null },
};

beforeEach(async () => {
  page = await openPage();
  desk = createDesk();
  [names, said] = [[], []];
  following = followSession(desk.server, {
    journal: "20260101-1 a",
    session: 1,
    name: (words) => names.push(words),
    say: (words) => said.push(words),
  });
  document.body.append(following.element);
  desk.show(true);
  desk.wires.newest.open();
});
afterEach(async () => {
  following.destroy();
  await page.close();
});

test("what comes over the socket is seen in the panel, and its name in the title", async () => {
  assert.deepEqual(desk.paths, ["api/sessions/20260101-1%20a/1"]);
  desk.wires.newest.say(JSON.stringify(emptySnapshot({ sessions: [SESSION] })));
  const events = entries([submitted([{ name: "load" }, { name: "fit" }])]);
  desk.wires.newest.say(
    JSON.stringify({ type: "Delta", epoch: 1, frame: 2, entries: events, left_out: 0 }),
  );
  await drawn();
  assert.match(text(), /0\/2 finished/);
  assert.equal(names.at(-1), "night<U+202E>ly");
});

test("a missing frame is noticed, and a snapshot asked for", () => {
  desk.wires.newest.say(JSON.stringify(emptySnapshot()));
  desk.wires.newest.say(
    JSON.stringify({ type: "Delta", epoch: 1, frame: 9, entries: [], left_out: 0 }),
  );
  assert.deepEqual(desk.wires.newest.sent, ['{"type":"hello"}']);
});

test("how the client stands is said", () => {
  const standing = { type: "Standing", now: 20, life: "over", written: 5, damaged: 1, fault: "" };
  desk.wires.newest.say(JSON.stringify(standing));
  assert.match(said.at(-1) ?? "", /^over: .* came at \S.* · 1 line of the journal/);
});

test("a lost connection is said in the panel, and taken back", async () => {
  desk.wires.newest.lose();
  await drawn();
  assert.match(text(), /connection to the server is lost/);
  desk.wires.newest.open();
  await drawn();
  assert.doesNotMatch(text(), /connection to the server is lost/);
});

test("nothing is left when it is gone", () => {
  following.destroy();
  assert.ok(desk.wires.newest.isClosed);
  assert.equal(page.left(), 0);
});
