/** Elements are made from text alone, and what a scope began ends with it. */

import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";

import {
  createDelay,
  createPacer,
  createScope,
  element,
  fill,
  isPlainKey,
  setAttributes,
  setText,
} from "./dom.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

test("markup in a text, and in an attribute, is text", () => {
  const hostile = '"><img src=x onerror=alert(1)>';
  const made = element(
    "p",
    { title: hostile, hidden: true, id: null, lang: false },
    hostile,
    null,
    "b",
  );
  assert.equal(made.children.length, 0);
  assert.equal(made.textContent, `${hostile}b`);
  assert.equal(made.getAttribute("title"), hostile);
  assert.ok(made.hidden && !made.hasAttribute("id") && !made.hasAttribute("lang"));
});

test("a text that stands there already is left alone", () => {
  const made = element("p", {}, "same");
  const node = made.firstChild;
  setText(made, "same");
  assert.equal(made.firstChild, node);
  setText(made, "other");
  assert.equal(made.textContent, "other");
  fill(made, "a", element("b"));
  assert.equal(made.childNodes.length, 2);
  setAttributes(made, { title: "x" });
  setAttributes(made, { title: undefined });
  assert.ok(!made.hasAttribute("title"));
});

test("a scope takes away what was begun in it, the last first", () => {
  const left = page.left();
  const scope = createScope();
  const order: string[] = [];
  scope.add(() => order.push("first"));
  scope.add(() => order.push("second"));
  let heard = 0;
  const target = element("p");
  scope.listen(target, "click", () => {
    heard += 1;
  });
  scope.watchSize(target, () => undefined);
  target.dispatchEvent(new Event("click"));
  assert.equal(page.left(), left + 2);
  scope.destroy();
  target.dispatchEvent(new Event("click"));
  assert.equal(heard, 1);
  assert.deepEqual(order, ["second", "first"]);
  assert.equal(page.left(), left);
  assert.ok(scope.ended);
});

test("many wishes are one drawing, and the last one counts", async () => {
  const scope = createScope();
  let drawings = 0;
  const drawn = new Promise<void>((resolve) => {
    const wish = createPacer(
      scope,
      () => {
        drawings += 1;
        resolve();
      },
      () => 20,
    );
    for (let i = 0; i < 100; i += 1) wish();
  });
  assert.equal(drawings, 0);
  await drawn;
  assert.equal(drawings, 1);
  scope.destroy();
});

test("nothing is drawn after the end", async () => {
  const scope = createScope();
  let drawings = 0;
  const wish = createPacer(
    scope,
    () => {
      drawings += 1;
    },
    () => 0,
  );
  wish();
  scope.destroy();
  wish();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(drawings, 0);
});

test("a delay acts after the last wish, at once when it is settled, and never after the end", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const scope = createScope();
  let acts = 0;
  const delay = createDelay(
    scope,
    () => {
      acts += 1;
    },
    100,
  );
  delay.wish();
  mock.timers.tick(60);
  delay.wish();
  mock.timers.tick(60);
  assert.equal(acts, 0);
  mock.timers.tick(60);
  assert.equal(acts, 1);
  delay.wish();
  delay.settle();
  mock.timers.tick(200);
  assert.equal(acts, 2);
  delay.wish();
  scope.destroy();
  mock.timers.tick(200);
  assert.equal(acts, 2);
  mock.timers.reset();
});

test("a chord is not the panel's own", () => {
  assert.ok(isPlainKey(new KeyboardEvent("keydown", { key: "d" })));
  assert.ok(!isPlainKey(new KeyboardEvent("keydown", { key: "s", ctrlKey: true })));
});
