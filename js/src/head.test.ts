/** The head names the session and says how it stands; Stop says that it was heard. */

import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";

import { createScope } from "./dom.ts";
import { createHead, nameOf, stateOf } from "./head.ts";
import type { View } from "./picture.ts";
import { progressOf } from "./progress.ts";
import { createStore } from "./store.ts";
import { openPage, type Page } from "./testing/page.ts";
import { assigned, createSender, finished, idOf, reported, submitted } from "./testing/sample.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

const opened = (name: string) =>
  ({ type: "SessionOpened", session: 1, name, on_error: "continue" }) as const;
const told = (view: View) => stateOf(view, progressOf(view.tasks.values()));

test("a session goes from waiting over running to its end", () => {
  const store = createStore();
  assert.equal(told(store.view), "no session yet");
  const send = createSender(store);
  send([opened("demo")]);
  assert.equal(told(store.view), "no tasks yet");
  send([submitted([{ name: "a" }, { name: "b" }])]);
  assert.equal(told(store.view), "waiting");
  send([assigned([idOf(10), idOf(11)]), reported({ started: [[idOf(10), 1, 10]] })]);
  assert.equal(told(store.view), "running");
  send([finished([idOf(10), idOf(11)])]);
  assert.equal(told(store.view), "finished");
  assert.equal(nameOf(store.view), "demo");
});

test("a session with a failure has failed in the end", () => {
  const store = createStore();
  const failure = { message: "x", traceback: "", debug: "", line: 0 };
  createSender(store)([
    ...[opened("<b>"), submitted([{ name: "a" }]), assigned([idOf(10)])],
    reported({ failed: [[idOf(10), 1, 1, 2, failure]] }),
  ]);
  assert.equal(told(store.view), "failed");
  assert.equal(nameOf(store.view), "<b>");
});

test("Stop asks nothing, says that it was heard, and can be pressed again later", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const scope = createScope();
  const store = createStore();
  const send = createSender(store);
  let stops = 0;
  const head = createHead(scope, {
    stop: () => {
      stops += 1;
    },
  });
  const draw = () => head.draw(store.view, progressOf(store.view.tasks.values()));
  draw();
  const button = head.element.querySelector("button");
  assert.ok(button?.hidden, "nothing runs");
  send([submitted([{ name: "a" }]), assigned([idOf(10)])]);
  draw();
  assert.ok(!button.hidden);
  button.click();
  button.click();
  assert.equal(stops, 1);
  assert.equal(button.textContent, "Stopping…");
  mock.timers.tick(5_000);
  assert.equal(button.textContent, "Stop again");
  button.click();
  assert.equal(stops, 2);
  send([finished([idOf(10)])]);
  draw();
  assert.ok(button.hidden);
  assert.equal(button.textContent, "Stop");
  scope.destroy();
  mock.timers.reset();
});

test("a title stands for the name, as text", () => {
  const scope = createScope();
  const head = createHead(scope, { title: "<b>run\u202e" });
  head.draw(createStore().view, progressOf([]));
  assert.equal(head.element.querySelector("h2")?.textContent, "<b>run<U+202E>");
  scope.destroy();
});

test("without a wish there is no Stop, and a link leads to the web only", () => {
  const scope = createScope();
  const head = (href: string) => createHead(scope, { link: { href, text: "Dashboard" } }).element;
  assert.equal(head("/flowlab").querySelector("button"), null);
  assert.equal(head("/flowlab").querySelector("a")?.getAttribute("href"), "/flowlab");
  assert.equal(head("javascript:alert(1)").querySelector("a"), null);
  scope.destroy();
});
