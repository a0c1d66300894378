/** The log: what tasks say, filtered by text, stream and what is picked; follows until it is left. */

import { createControls } from "./consolebar.ts";
import { element, type Scope, setText, taken } from "./dom.ts";
import type { Line } from "./lines.ts";
import { memberOf } from "./members.ts";
import { createRows, type Rows } from "./rows.ts";
import type { Selection } from "./selection.ts";
import { createSieve, type Sieve } from "./sieve.ts";
import type { Change, Store } from "./store.ts";
import { clock, logged, plural, visible } from "./visible.ts";

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
  const list = createLineList(scope, store, sieve);
  let following = true;
  const setFollowing = (now: boolean): void => {
    following = now;
    controls.showFollowing(now);
  };
  const draw = (): void => {
    const gone = sieve.catchUp(store.lines);
    if (gone > 0 && !following) list.rows.shift(gone);
    list.draw();
    if (following) list.rows.toEnd();
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
  controls.pressed(() => {
    setFollowing(!following);
    draw();
  });
  follow({ scope, rows: list.rows, setFollowing, draw });
  pickByLine({ scope, selection, rows: list.rows, lineOf: list.lineOf });
  const attributes = { class: "log", "aria-label": "Log", "data-part": "log" };
  return {
    element: element("section", attributes, controls.element, list.rows.element),
    note(change) {
      if (change.all) want(); // names may have changed, and lines, too
    },
    draw,
    choose,
  };
}

interface LineList {
  readonly rows: Rows;
  draw(): void;
  lineOf(row: Element): Line | undefined;
}

/** The lines that the sieve leaves, and a word when it leaves none. */
function createLineList(scope: Scope, store: Store, sieve: Sieve): LineList {
  const shown = new WeakMap<Element, Line>(); // a line that grew is another value
  const seqAt = (index: number): number => sieve.seqs[index] ?? -1;
  const rows = createRows(
    scope,
    {
      height: HEIGHT,
      key: seqAt,
      make: () => element("div", { class: "row" }),
      update(target, index) {
        const line = store.lines.at(seqAt(index));
        if (line === undefined || shown.get(target) === line) return;
        shown.set(target, line);
        drawLine(target, line, visible(store.view.tasks.get(line.task)?.name ?? "", NAME));
      },
    },
    { tabindex: 0, role: "group", "aria-label": "Lines of the log", "data-part": "lines" },
  );
  const empty = element("div", { class: "empty" });
  rows.element.append(empty);
  return {
    rows,
    lineOf: (row) => shown.get(row),
    draw() {
      const { lines } = store;
      rows.draw(sieve.seqs.length);
      empty.hidden = sieve.seqs.length > 0;
      setText(empty, lines.next > 0 ? "No line fits." : "No task has said anything yet.");
    },
  };
}

interface Pickable {
  readonly scope: Scope;
  readonly selection: Selection;
  readonly rows: Rows;
  lineOf(row: Element): Line | undefined;
}

/** A double click picks the task that said the line. */
function pickByLine({ scope, selection, rows, lineOf }: Pickable): void {
  scope.listen(rows.body, "dblclick", (event: MouseEvent) => {
    const row = (event.target as Element).closest(".row");
    const line = row === null ? undefined : lineOf(row);
    if (line !== undefined) selection.pick({ kind: "task", task: line.task });
  });
}

interface Followed {
  readonly scope: Scope;
  readonly rows: Rows;
  setFollowing(now: boolean): void;
  draw(): void;
}

/** Following ends when the user scrolls up, and goes on at the end. */
function follow({ scope, rows, setFollowing, draw }: Followed): void {
  scope.listen(rows.element, "scroll", () => setFollowing(rows.isAtEnd()), { passive: true });
  scope.listen(rows.element, "keydown", (event: KeyboardEvent) => {
    if (event.key !== "End") return;
    taken(event);
    setFollowing(true);
    draw();
  });
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
