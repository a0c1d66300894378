/** A small bar of progress: what is counted is as wide as its count. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { progressOfCounts } from "./lives.ts";
import { createSegments } from "./segments.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

function widths(element: HTMLElement): Record<string, string> {
  const parts = [...element.querySelectorAll<HTMLElement>("[data-state]")];
  return Object.fromEntries(
    parts
      .filter((part) => !part.hidden)
      .map((part) => [part.dataset["state"], part.style.flexGrow]),
  );
}

test("each state is as wide as its count, and the rest is open", () => {
  const bar = createSegments();
  bar.draw(progressOfCounts({ finished: 5, failed: 1, ready: 2, waiting: 2 }), true);
  assert.deepEqual(widths(bar.element), { finished: "5", failed: "1", waiting: "4" });
  assert.match(bar.element.textContent ?? "", /5\/10 tasks finished/);
  bar.draw(progressOfCounts({ finished: 10 }), true);
  assert.deepEqual(widths(bar.element), { finished: "10" });
});

test("no tasks make no bar, and nothing known no words", () => {
  const bar = createSegments();
  bar.draw(progressOfCounts({}), true);
  assert.equal(bar.element.querySelector<HTMLElement>(".segments")?.hidden, true);
  assert.equal(bar.element.textContent, "no tasks");
  bar.draw(progressOfCounts({}), false);
  assert.equal(bar.element.hidden, true);
});
