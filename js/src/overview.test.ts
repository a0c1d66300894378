/** The list is kept fresh while somebody looks, and ages are told by the server's clock. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { createOverview, type Overview, TICK } from "./overview.ts";
import { createDesk, type Desk } from "./testing/desk.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
let desk: Desk;
let overview: Overview;
let said: string[];

const session = {
  ...{ session: 1, name: "demo", state: "open", began: 0, last: 90, counts: {}, failure: "" },
};
const row = {
  ...{ journal: "j", life: "live", written: 90, size: 1, is_read: true, damaged: 0, fault: "" },
  sessions: [session],
};
const LISTING = JSON.stringify({ type: "Listing", now: 100, journals: [row], left: 0, fault: "" });

beforeEach(async () => {
  page = await openPage();
  mock.timers.enable({ apis: ["setInterval", "setTimeout", "Date"], now: 5_000_000 });
  desk = createDesk();
  said = [];
  overview = createOverview(desk.server, (words) => said.push(words));
  desk.wires.newest.open();
});
afterEach(async () => {
  overview.destroy();
  mock.timers.reset();
  await page.close();
});

const text = () => overview.element.querySelector("tbody")?.textContent ?? "";

test("in sight it asks for the list and shows it", () => {
  desk.show(true);
  assert.deepEqual(desk.wires.newest.sent, ['{"type":"hidden"}', '{"type":"shown"}']);
  desk.wires.newest.say(LISTING);
  assert.match(text(), /demo.*live.*10 s ago/);
});

test("ages go on by the server's clock, without a message", () => {
  desk.show(true);
  desk.wires.newest.say(LISTING);
  mock.timers.tick(TICK);
  assert.match(text(), /15 s ago/);
});

test("out of sight nothing is drawn", () => {
  desk.wires.newest.say(LISTING);
  assert.equal(text(), "");
  desk.show(true);
  assert.match(text(), /demo/);
});

test("a lost connection is said, and that it is back", () => {
  desk.wires.newest.lose();
  assert.match(said.at(-1) ?? "", /lost/);
  desk.wires.newest.open();
  assert.equal(said.at(-1), "");
});

test("a message that is no list changes nothing", () => {
  desk.show(true);
  desk.wires.newest.say('{"type":"Else"}');
  assert.equal(text(), "");
});
