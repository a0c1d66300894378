/** A line to the server is quiet while nobody looks, and says when it is lost. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { type Connection, connect, LOST } from "./connection.ts";
import { LOGGED_OUT } from "./server.ts";
import { createDesk, type Desk } from "./testing/desk.ts";
import { openPage, type Page } from "./testing/page.ts";

const PLACE = { path: "api/events", asked: "api/sessions" };

let page: Page;
let desk: Desk;
let told: unknown[];
let connection: Connection;

const soon = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(async () => {
  page = await openPage();
  desk = createDesk();
  told = [];
  connection = connect(desk.server, PLACE, document.createElement("div"), {
    hear: (text) => told.push(text),
    seen: (isSeen) => told.push(isSeen),
    complain: (words) => told.push(words),
  });
});
afterEach(async () => {
  connection.destroy();
  await page.close();
});

test("opened out of sight, it asks to be left alone", () => {
  desk.wires.newest.open();
  assert.deepEqual(desk.paths, ["api/events"]);
  assert.deepEqual(desk.wires.newest.sent, ['{"type":"hidden"}']);
});

test("opened in sight, it asks for nothing, since a snapshot comes by itself", () => {
  desk.show(true);
  desk.wires.newest.open();
  desk.wires.newest.say("message");
  assert.deepEqual(desk.wires.newest.sent, []);
  assert.deepEqual(told, [true, null, "message"]);
  connection.ask("hello");
  assert.deepEqual(desk.wires.newest.sent, ['{"type":"hello"}']);
});

test("when it is lost that is said, and why, when the server wants a login", async () => {
  desk.wires.newest.lose();
  await soon();
  assert.deepEqual(told, [LOST]);
  desk.refusal = LOGGED_OUT;
  desk.wires.newest.lose();
  await soon();
  assert.deepEqual(told, [LOST, LOST, LOGGED_OUT]);
});

test("at the end the socket is closed and nothing is watched", () => {
  desk.show(true);
  connection.destroy();
  assert.ok(desk.wires.newest.isClosed);
  const before = told.length;
  desk.show(false);
  assert.equal(told.length, before);
});
