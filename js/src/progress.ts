/** How far the work is: a bar by state, its counts in words, and what is said aloud of it. */

import { element, fill, type Scope, setText } from "./dom.ts";
import {
  isFinal,
  isGood,
  STATES,
  type State,
  stateIndex,
  type TaskId,
  type TaskView,
  type View,
} from "./picture.ts";
import { sign } from "./signs.ts";
import type { Change } from "./store.ts";
import { plural, visible } from "./visible.ts";
import { tellStates } from "./words.ts";

/** From what is done to what is to come; what went wrong stands between. */
const ORDER: readonly State[] = [
  "finished",
  "cached",
  "failed",
  "skipped",
  "cancelled",
  "running",
  "assigned",
  "ready",
  "waiting",
  "declared",
];

const FAILURES = 3; // failed tasks that are named at once
const SILENCE = 5_000; // ms between two sayings of progress

export interface Progress {
  readonly total: number;
  readonly good: number;
  readonly unfinished: number;
  count(state: State): number;
}

/** Tasks by state. */
export function progressOf(tasks: Iterable<TaskView>): Progress {
  const counts = new Array<number>(STATES.length).fill(0);
  for (const task of tasks) {
    const place = stateIndex(task.state);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return progressBy(counts);
}

/** The same, of counts in the order of `STATES`. */
export function progressBy(counts: readonly number[]): Progress {
  const count = (state: State): number => counts[stateIndex(state)] ?? 0;
  const sum = (some: (state: State) => boolean): number =>
    STATES.filter(some).reduce((whole, state) => whole + count(state), 0);
  const total = sum(() => true);
  return { total, count, good: sum(isGood), unfinished: total - sum(isFinal) };
}

/** One line: `12/30 tasks finished, 4 running, 1 failed`; as flowlab.view.text says it. */
export function summary({ total, good, count }: Progress): string {
  if (total === 0) return "no tasks";
  const others = tellStates(count);
  const word = total === 1 ? "task" : "tasks";
  return `${good}/${total} ${word} finished${others === "" ? "" : `, ${others}`}`;
}

export interface ProgressBar {
  readonly element: HTMLElement;
  draw(progress: Progress): void;
}

/** The bar; its count of failures is a button that calls `toFailure`. */
export function createProgress(scope: Scope, toFailure: () => void): ProgressBar {
  const parts = new Map(ORDER.map((state) => [state, element("span", { "data-state": state })]));
  const bar = element(
    "div",
    {
      class: "segments",
      role: "progressbar",
      "aria-label": "Tasks that ended",
      "aria-valuemin": 0,
    },
    ...parts.values(),
  );
  const counts = element("div", { class: "counts" });
  const failures = element("button", {
    type: "button",
    class: "count link",
    title: "Go to the next one",
  });
  scope.listen(failures, "click", toFailure);
  let told = "";
  return {
    element: element("div", { class: "progress" }, bar, counts),
    draw(progress) {
      const words = summary(progress);
      if (words === told) return;
      told = words;
      for (const [state, part] of parts) {
        part.style.flexGrow = String(progress.count(state));
        part.hidden = progress.count(state) === 0; // else its gap would be seen
      }
      bar.setAttribute("aria-valuemax", String(progress.total));
      bar.setAttribute("aria-valuenow", String(progress.total - progress.unfinished));
      bar.setAttribute("aria-valuetext", words);
      fill(failures, sign("failed"), element("span", {}, `${progress.count("failed")} failed`));
      fill(counts, ...chips(progress, failures));
    },
  };
}

function chips(progress: Progress, failures: HTMLElement): HTMLElement[] {
  const made = [chip("finished", `${progress.good}/${progress.total} finished`)];
  for (const state of [...ORDER.slice(5), "skipped", "cancelled"] as const) {
    if (progress.count(state) > 0) made.push(chip(state, `${progress.count(state)} ${state}`));
  }
  if (progress.count("failed") > 0) made.push(failures);
  return made;
}

function chip(state: State, words: string): HTMLElement {
  return element("span", { class: "count" }, sign(state), words);
}

export interface Speaker {
  /** Lives on the page unseen; readers of the screen read what is put there. */
  readonly element: HTMLElement;
  note(change: Change): void;
  draw(progress: Progress): void;
  say(words: string): void;
}

/** Says failures as they come, the end, and progress every few seconds while there is some. */
export function createSpeaker(scope: Scope, view: () => View): Speaker {
  const region = element("div", { class: "unseen", "aria-live": "polite", "data-part": "speaker" });
  let failed: TaskId[] = [];
  const told = new Set<TaskId>();
  let last = { words: "", at: Number.NEGATIVE_INFINITY, unfinished: 0 };
  let timer: ReturnType<typeof setTimeout> | null = null;
  let latest: Progress | null = null;
  const quiet = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  scope.add(quiet);
  const tell = (progress: Progress): void => {
    quiet();
    const words = summary(progress);
    if (words !== last.words) setText(region, words);
    last = { words, at: performance.now(), unfinished: progress.unfinished };
  };
  return {
    element: region,
    note(change) {
      if (change.all) return; // what had failed before is no news
      for (const id of change.tasks) {
        if (view().tasks.get(id)?.state !== "failed" || told.has(id)) continue;
        failed.push(id);
        told.add(id);
      }
    },
    draw(progress) {
      latest = progress;
      if (failed.length > 0) {
        setText(region, `${tellFailures(view(), failed)} ${summary(progress)}`);
        failed = [];
        last = { words: summary(progress), at: performance.now(), unfinished: progress.unfinished };
      } else if (progress.unfinished === 0 && last.unfinished > 0) {
        tell(progress);
      } else if (timer === null && summary(progress) !== last.words) {
        const wait = Math.max(0, last.at + SILENCE - performance.now());
        timer = setTimeout(() => tell(latest ?? progress), wait);
      }
    },
    say(words) {
      setText(region, words);
    },
  };
}

function tellFailures(view: View, failed: readonly TaskId[]): string {
  const named = failed.slice(0, FAILURES).map((id) => {
    const task = view.tasks.get(id);
    const message = visible(task?.failure?.message ?? "", 120);
    return `${visible(task?.name ?? "", 60)} failed${message === "" ? "" : `: ${message}`}.`;
  });
  if (failed.length > FAILURES)
    named.push(`${plural(failed.length - FAILURES, "more task")} failed.`);
  return named.join(" ");
}
