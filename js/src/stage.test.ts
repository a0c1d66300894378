/** The elements around the canvas. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope } from "./dom.ts";
import { createStage } from "./stage.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
  const size = { clientWidth: { get: () => 400 }, clientHeight: { get: () => 300 } };
  Object.defineProperties(page.window.HTMLCanvasElement.prototype, size);
});
after(() => page.close());

function open() {
  const done: string[] = [];
  const host = document.createElement("div");
  document.body.append(host);
  const scope = createScope();
  const stage = createStage(host, scope, {
    zoom: (nearer) => done.push(nearer ? "in" : "out"),
    fit: () => done.push("fit"),
  });
  return { done, host, scope, stage };
}

test("the buttons can be told apart without their signs", () => {
  const { done, host, scope } = open();
  const names: (string | null)[] = [];
  for (const button of host.querySelectorAll("button")) {
    names.push(button.getAttribute("aria-label"));
    button.click();
  }
  assert.deepEqual(names, ["Zoom out", "Zoom in", "Fit the whole graph"]);
  assert.deepEqual(done, ["out", "in", "fit"]);
  scope.destroy();
});

test("the canvas has a pixel for each pixel of the screen", () => {
  const { stage, scope } = open();
  Object.defineProperty(page.window, "devicePixelRatio", { value: 1.5, configurable: true });
  assert.equal(stage.sharpen(), 1.5);
  assert.deepEqual([stage.canvas.width, stage.canvas.height], [600, 450]);
  assert.deepEqual(stage.size(), { width: 400, height: 300 });
  scope.destroy();
});

test("a title is text, stays in sight, and goes away", () => {
  const { stage, host, scope } = open();
  const title = host.querySelector<HTMLElement>(".fl-title") ?? assert.fail();
  stage.title("<b>a</b>\nb", { x: 398, y: 2 });
  assert.equal(title.hidden, false);
  assert.equal(title.childElementCount, 0);
  assert.equal(title.textContent, "<b>a</b>\nb");
  assert.ok(Number.parseFloat(title.style.left) <= 396);
  stage.title(null, { x: 0, y: 0 });
  assert.equal(title.hidden, true);
  scope.destroy();
});

test("rings are for those who use keys", () => {
  const { stage, scope } = open();
  stage.canvas.focus();
  assert.equal(stage.hasFocus(), true);
  stage.canvas.dispatchEvent(new MouseEvent("pointerdown"));
  assert.equal(stage.hasFocus(), false);
  stage.canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "Tab" }));
  assert.equal(stage.hasFocus(), true);
  scope.destroy();
});

test("what is said is read out, and the end takes all away", () => {
  const { stage, host, scope } = open();
  stage.say("load, finished");
  assert.equal(host.querySelector("[aria-live]")?.textContent, "load, finished");
  scope.destroy();
  assert.equal(host.childElementCount, 0);
});
