/** A panel goes from place to place, and ends when there is none for it. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { createShelf, KEPT, type Shelf } from "./shelf.ts";
import { createStore, type Store } from "./store.ts";
import { openPage, type Page } from "./testing/page.ts";
import { createSender, submitted } from "./testing/sample.ts";

let page: Page;
let shelf: Shelf;
let sizes: Map<Element, () => void>;
let stops: number;
let store: Store;

beforeEach(async () => {
  page = await openPage();
  sizes = new Map();
  const Observer = ResizeObserver; // counts how many are left
  (globalThis as unknown as Record<string, unknown>)["ResizeObserver"] = class extends Observer {
    private readonly report: () => void;

    constructor(report: () => void) {
      super(report);
      this.report = report;
    }

    override observe(view: Element): void {
      sizes.set(view, this.report);
    }
  };
  mock.timers.enable({ apis: ["setTimeout"] });
  stops = 0;
  store = createStore();
  shelf = createShelf(store, () => {
    stops += 1;
  });
});

afterEach(async () => {
  shelf.destroy();
  mock.timers.reset();
  await page.close();
});

/** A place on the page. */
function createPlace(): HTMLElement {
  const place = document.createElement("div");
  document.body.append(place);
  return place;
}

/** The notebook lays the page out, and the browser says so. */
function layOut(place: Element): void {
  sizes.get(place)?.();
}

test("a place that comes soon after another ended gets its panel", () => {
  const first = createPlace();
  const end = shelf.put(first);
  const panel = first.firstChild;
  assert.ok(panel);
  end();
  assert.equal(first.firstChild, null);
  const second = createPlace();
  shelf.put(second);
  assert.equal(second.firstChild, panel);
});

test("a place that comes before the other ended gets its panel, if that is off the page", () => {
  const first = createPlace();
  const end = shelf.put(first);
  const panel = first.firstChild;
  layOut(first);
  first.remove();
  const second = createPlace();
  const endSecond = shelf.put(second);
  assert.equal(second.firstChild, panel);
  end();
  assert.equal(second.firstChild, panel);
  endSecond();
});

test("two places at once have a panel each, though neither is on the page yet", () => {
  const places = [document.createElement("div"), document.createElement("div")];
  const ends = places.map((place) => shelf.put(place));
  assert.ok(places[0]?.firstChild);
  assert.ok(places[1]?.firstChild);
  assert.notEqual(places[0]?.firstChild, places[1]?.firstChild);
  for (const end of ends) end();
});

test("a place that was only out of the page for a while gets a panel again", () => {
  const first = createPlace();
  const ends = [shelf.put(first)];
  layOut(first);
  first.remove();
  ends.push(shelf.put(createPlace()));
  assert.equal(first.firstChild, null);
  document.body.append(first);
  layOut(first);
  assert.ok(first.firstChild);
  for (const end of ends) end();
});

test("a panel that nobody wants ends, with all that it had begun", () => {
  const before = page.left();
  const end = shelf.put(createPlace());
  assert.ok(page.left() > before);
  end();
  mock.timers.tick(KEPT);
  assert.equal(page.left(), before);
});

test("a shelf that ends lets all panels go that have no place", () => {
  const before = page.left();
  shelf.put(createPlace())();
  shelf.destroy();
  assert.equal(page.left(), before);
});

test("Stop is passed on", () => {
  createSender(store)([submitted([{ name: "a" }])]);
  const place = createPlace();
  shelf.put(place);
  const stop = place.firstElementChild?.firstElementChild?.shadowRoot?.querySelector("button");
  assert.equal(stop?.textContent, "Stop");
  stop?.click();
  assert.equal(stops, 1);
});
