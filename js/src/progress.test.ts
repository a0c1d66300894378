/** Progress is counted, drawn with words, and said now and then. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope } from "./dom.ts";
import type { State, TaskView } from "./picture.ts";
import { createProgress, createSpeaker, progressOf, summary } from "./progress.ts";
import { createStore } from "./store.ts";
import { openPage, type Page } from "./testing/page.ts";
import {
  assigned,
  createSender,
  finished,
  idOf,
  reported,
  sampleView,
  submitted,
} from "./testing/sample.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

const [sample] = sampleView([{ name: "a" }]).tasks.values();
const inStates = (...states: State[]): TaskView[] =>
  states.map((state) => ({ ...(sample as TaskView), state }));

test("progress is told as Python tells it", () => {
  assert.equal(summary(progressOf([])), "no tasks");
  assert.equal(summary(progressOf(inStates("finished"))), "1/1 task finished");
  const mixed = inStates("finished", "cached", "running", "waiting", "skipped", "failed");
  assert.equal(
    summary(progressOf(mixed)),
    "2/6 tasks finished, 1 running, 1 waiting, 1 skipped, 1 failed",
  );
  assert.equal(progressOf(mixed).unfinished, 2);
});

test("the bar has a part for each state, and the word beside it", () => {
  const scope = createScope();
  let pressed = 0;
  const bar = createProgress(scope, () => {
    pressed += 1;
  });
  bar.draw(progressOf(inStates("finished", "finished", "running", "failed")));
  const part = (state: State) => bar.element.querySelector<HTMLElement>(`[data-state=${state}]`);
  assert.equal(part("finished")?.style.flexGrow, "2");
  assert.ok(part("waiting")?.hidden && !part("finished")?.hidden);
  const role = bar.element.querySelector("[role=progressbar]");
  assert.equal(role?.getAttribute("aria-valuenow"), "3");
  assert.equal(role?.getAttribute("aria-valuemax"), "4");
  assert.match(bar.element.textContent ?? "", /2\/4 finished1 running1 failed/);
  bar.element.querySelector("button")?.click();
  assert.equal(pressed, 1);
  scope.destroy();
});

test("a failure is said at once, progress after a while, and the end", async () => {
  const scope = createScope();
  const store = createStore();
  const send = createSender(store);
  const speaker = createSpeaker(scope, () => store.view);
  store.subscribe((change) => {
    speaker.note(change);
    speaker.draw(progressOf(store.view.tasks.values()));
  });
  const heard = () => speaker.element.textContent ?? "";
  send([
    submitted([{ name: "a" }, { name: "b" }, { name: "c" }]),
    assigned([idOf(10), idOf(11), idOf(12)]),
  ]);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match(heard(), /^0\/3 tasks finished/);
  send([finished([idOf(10)])]);
  assert.match(heard(), /^0\/3/, "not each change is said");
  const failure = { message: "KeyError: '\u202ex'", traceback: "", debug: "", line: 0 };
  send([reported({ failed: [[idOf(11), 1, 1, 2, failure]] })]);
  assert.equal(
    heard(),
    "b failed: KeyError: '<U+202E>x'. 1/3 tasks finished, 1 assigned, 1 failed",
  );
  send([finished([idOf(12)])]);
  assert.equal(heard(), "2/3 tasks finished, 1 failed");
  speaker.say("picked");
  assert.equal(heard(), "picked");
  assert.equal(speaker.element.getAttribute("aria-live"), "polite");
  scope.destroy();
});
