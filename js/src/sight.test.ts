/** When views come into sight, go out of it, and end. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { createSight, GRACE, type Sight } from "./sight.ts";
import { openPage, type Page } from "./testing/page.ts";

/** The browser's part: a test says which views are in the window. */
class Observer {
  static readonly all = new Set<Observer>();
  private readonly report: (found: { isIntersecting: boolean }[]) => void;
  private view: Element | null = null;

  constructor(report: (found: { isIntersecting: boolean }[]) => void) {
    this.report = report;
  }

  observe(view: Element): void {
    this.view = view;
    Observer.all.add(this);
  }

  disconnect(): void {
    Observer.all.delete(this);
  }

  static move(view: Element, isIntersecting: boolean): void {
    for (const each of Observer.all) if (each.view === view) each.report([{ isIntersecting }]);
  }
}

let page: Page;
let told: boolean[];
let sight: Sight;
let view: HTMLElement;
let isPageHidden: boolean;

beforeEach(async () => {
  page = await openPage();
  (globalThis as unknown as Record<string, unknown>)["IntersectionObserver"] = Observer;
  isPageHidden = false;
  Object.defineProperty(document, "hidden", { get: () => isPageHidden, configurable: true });
  mock.timers.enable({ apis: ["setTimeout"] });
  told = [];
  sight = createSight((seen) => told.push(seen));
  view = document.createElement("div");
});

afterEach(async () => {
  sight.destroy();
  mock.timers.reset();
  await page.close();
});

function hidePage(hidden: boolean): void {
  isPageHidden = hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}

test("a view counts when it is in the window, once", () => {
  sight.watch(view);
  assert.deepEqual(told, []);
  Observer.move(view, true);
  Observer.move(view, true);
  assert.deepEqual(told, [true]);
});

test("scrolling past costs nothing, staying away is told", () => {
  sight.watch(view);
  Observer.move(view, true);
  Observer.move(view, false);
  mock.timers.tick(GRACE - 1);
  Observer.move(view, true);
  mock.timers.tick(GRACE * 2);
  assert.deepEqual(told, [true]);
  Observer.move(view, false);
  mock.timers.tick(GRACE);
  assert.deepEqual(told, [true, false]);
});

test("one of two views in sight is enough", () => {
  const other = document.createElement("div");
  sight.watch(view);
  sight.watch(other);
  Observer.move(view, true);
  Observer.move(other, true);
  Observer.move(view, false);
  mock.timers.tick(GRACE);
  assert.deepEqual(told, [true]);
});

test("a page behind another one is out of sight", () => {
  sight.watch(view);
  Observer.move(view, true);
  hidePage(true);
  mock.timers.tick(GRACE);
  assert.deepEqual(told, [true, false]);
  hidePage(false);
  assert.deepEqual(told, [true, false, true]);
});

test("a page that is left says so at once", () => {
  sight.watch(view);
  Observer.move(view, true);
  page.window.dispatchEvent(new page.window.Event("pagehide"));
  assert.deepEqual(told, [true, false]);
});

test("a view that ends is out of sight, and what was watched is let go", () => {
  const unwatch = sight.watch(view);
  sight.watch(document.createElement("div"));
  Observer.move(view, true);
  unwatch();
  mock.timers.tick(GRACE);
  assert.deepEqual(told, [true, false]);
  assert.equal(Observer.all.size, 1);
  sight.destroy();
  assert.equal(Observer.all.size, 0);
  assert.equal(page.left(), 0);
});
