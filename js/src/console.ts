/** The log: what tasks say, filtered by text, stream and what is picked; follows until it is left. */

import { element, isPlainKey, type Scope, setAttributes, setText, taken } from "./dom.ts";
import type { Line, Stream } from "./lines.ts";
import { memberOf } from "./members.ts";
import { createRows } from "./rows.ts";
import type { Selection } from "./selection.ts";
import { createSieve } from "./sieve.ts";
import type { Change, Store } from "./store.ts";
import { clock, logged, plural, visible } from "./visible.ts";

const STREAMS: readonly Stream[] = ["stdout", "stderr", "log", "debug"];
const REST = 150; // ms without a key after which is filtered
const HEIGHT = 20; // px of a line
const NAME = 40; // columns of a task's name

export interface Console {
  readonly element: HTMLElement;
  note(change: Change): void;
  draw(): void;
  /** Something else was picked. */
  choose(): void;
}

export function createConsole(scope: Scope, store: Store, selection: Selection): Console {
  const sieve = createSieve();
  const controls = createControls(scope);
  let following = true;
  const setFollowing = (now: boolean): void => {
    following = now;
    setAttributes(controls.follow, { "aria-pressed": String(now) });
  };

  const lineAt = (index: number): Line | undefined => store.lines.at(sieve.seqs[index] ?? -1);
  const shown = new WeakMap<HTMLElement, Line>(); // a line that grew is another value
  const rows = createRows(
    scope,
    {
      height: HEIGHT,
      key: (index) => sieve.seqs[index] ?? -1,
      make: () => element("div", { class: "row" }),
      update(target, index) {
        const line = lineAt(index);
        if (line === undefined || shown.get(target) === line) return;
        shown.set(target, line);
        drawLine(target, line, visible(store.view.tasks.get(line.task)?.name ?? "", NAME));
      },
    },
    { tabindex: 0, role: "group", "aria-label": "Lines of the log", "data-part": "lines" },
  );
  const empty = element("div", { class: "empty" });

  const draw = (): void => {
    const gone = sieve.catchUp(store.lines);
    if (gone > 0 && !following) rows.shift(gone);
    rows.draw(sieve.seqs.length);
    if (following) rows.toEnd();
    empty.hidden = sieve.seqs.length > 0;
    setText(
      empty,
      store.lines.next > store.lines.first ? "No line fits." : "No task has said anything yet.",
    );
    setText(controls.told, tellCount(store, sieve.seqs.length));
  };
  const want = (): void => {
    const picked = controls.wholeLog() ? null : selection.current;
    const member = picked === null ? null : memberOf(store.view, picked);
    controls.offer(selection.current !== null);
    sieve.want({ ...controls.wanted(), member });
  };
  const choose = (): void => {
    want();
    setFollowing(true);
    draw();
  };
  controls.changed(choose);
  follow({ scope, list: rows.element, isAtEnd: () => rows.isAtEnd(), setFollowing, draw });
  scope.listen(controls.follow, "click", () => {
    setFollowing(!following);
    draw();
  });
  scope.listen(rows.element, "dblclick", (event: MouseEvent) => {
    const target = (event.target as Element).closest<HTMLElement>(".row");
    const line = target === null ? undefined : shown.get(target);
    if (line !== undefined) selection.pick({ kind: "task", task: line.task });
  });
  rows.element.append(empty);
  return {
    element: element(
      "section",
      { class: "log", "aria-label": "Log", "data-part": "log" },
      controls.element,
      rows.element,
    ),
    note(change) {
      if (change.all) want(); // names may have changed, and lines, too
    },
    draw,
    choose,
  };
}

interface Followed {
  readonly scope: Scope;
  readonly list: HTMLElement;
  isAtEnd(): boolean;
  setFollowing(now: boolean): void;
  draw(): void;
}

/** Following ends when the user scrolls up, and goes on at the end. */
function follow({ scope, list, isAtEnd, setFollowing, draw }: Followed): void {
  scope.listen(list, "scroll", () => setFollowing(isAtEnd()), { passive: true });
  scope.listen(list, "keydown", (event: KeyboardEvent) => {
    if (event.key === "End") {
      taken(event);
      setFollowing(true);
      draw();
    } else if (isPlainKey(event)) event.stopPropagation();
  });
}

interface Controls {
  readonly element: HTMLElement;
  readonly told: HTMLElement;
  readonly follow: HTMLElement;
  wanted(): { readonly text: string; readonly stream: Stream | null };
  /** Whether all tasks' lines are wanted though one is picked. */
  wholeLog(): boolean;
  offer(picked: boolean): void;
  changed(listener: () => void): void;
}

function createControls(scope: Scope): Controls {
  const field = element("input", {
    type: "search",
    placeholder: "Filter the log",
    "aria-label": "Filter the log by a part of its lines",
    autocomplete: "off",
    spellcheck: "false",
    "data-part": "filter",
  });
  const streams = element(
    "select",
    { "aria-label": "Stream" },
    element("option", { value: "" }, "all streams"),
    ...STREAMS.map((stream) => element("option", { value: stream }, stream)),
  );
  const only = element(
    "button",
    { type: "button", "aria-pressed": "true", hidden: true },
    "Picked only",
  );
  const told = element("span", { class: "soft", "data-part": "told" });
  const button = element("button", { type: "button", "aria-pressed": "true" }, "Follow");
  scope.listen(only, "click", () => {
    setAttributes(only, { "aria-pressed": String(only.getAttribute("aria-pressed") !== "true") });
  });
  return {
    element: element(
      "div",
      { class: "bar" },
      field,
      streams,
      only,
      told,
      element("span", { class: "end" }, button),
    ),
    told,
    follow: button,
    wanted: () => ({
      text: field.value,
      stream: STREAMS.find((stream) => stream === streams.value) ?? null,
    }),
    wholeLog: () => only.getAttribute("aria-pressed") !== "true",
    offer(picked) {
      only.hidden = !picked;
    },
    changed(listener) {
      listenToFields(scope, field, streams, listener);
      scope.listen(only, "click", listener);
    },
  };
}

function listenToFields(
  scope: Scope,
  field: HTMLInputElement,
  streams: HTMLSelectElement,
  listener: () => void,
): void {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const rest = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  scope.add(rest);
  scope.listen(field, "input", () => {
    rest();
    timer = setTimeout(listener, REST);
  });
  scope.listen(streams, "change", listener);
  for (const target of [field, streams]) {
    scope.listen(target, "keydown", (event: KeyboardEvent) => {
      if (isPlainKey(event)) event.stopPropagation(); // a notebook would act on letters
    });
  }
}

function drawLine(target: HTMLElement, line: Line, name: string): void {
  target.setAttribute("data-stream", line.stream);
  target.replaceChildren(
    element("span", { class: "at" }, clock(line.at)),
    element("span", { class: "who", title: `${name}: a double click picks it` }, name),
    element("span", { class: "stream" }, line.stream),
    element("span", { class: "text" }, logged(line.text)),
  );
}

function tellCount({ lines }: Store, shown: number): string {
  const kept = lines.next - lines.first;
  const parts = [shown === kept ? plural(kept, "line") : `${shown} of ${plural(kept, "line")}`];
  if (lines.leftOut > 0) parts.push(`${lines.leftOut} left out`);
  return parts.join(", ");
}
