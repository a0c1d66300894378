/** The parts of a panel, and what is done to all of them. */

import { createConsole } from "./console.ts";
import { element, type Scope, setText } from "./dom.ts";
import { createGraph } from "./graph.ts";
import { createGroups } from "./groups.ts";
import { createHead, type HeadWishes } from "./head.ts";
import { createInspector } from "./inspector.ts";
import { createOutline } from "./outline.ts";
import { createProgress, createSpeaker, progressBy } from "./progress.ts";
import { furnish } from "./room.ts";
import { createSearch, neighbour } from "./search.ts";
import type { Selection } from "./selection.ts";
import type { Change, Store } from "./store.ts";
import { visible } from "./visible.ts";

export interface Parts {
  note(change: Change): void;
  draw(): void;
  /** Something else was picked or is looked for. */
  choose(): void;
  recolour(): void;
  /** Give the keyboard to the search field. */
  find(): void;
  notify(text: string | null): void;
}

export function createParts(
  root: HTMLElement,
  store: Store,
  selection: Selection,
  scope: Scope,
  wishes: HeadWishes,
): Parts {
  const view = () => store.view;
  const head = createHead(scope, wishes);
  const progress = createProgress(scope, () => pickFailure(store, selection));
  const speaker = createSpeaker(scope, view);
  const search = createSearch(scope, view, selection);
  const inspector = createInspector(scope, store, selection);
  const log = createConsole(scope, store, selection);
  const groups = createGroups();
  groups.update(store.view, { all: true, tasks: new Set() });
  const outline = createOutline(scope, store, groups, selection);
  const notice = element("p", { class: "notice", role: "status", hidden: true });
  const room = element("div", { class: "room" });
  const canvas = element("div");
  root.append(head.element, progress.element, notice, room, speaker.element);
  const graph = createGraph(canvas, store, selection);
  scope.add(graph.destroy);
  const shown = furnish({
    ...{ room, scope, canvas, outline, graph },
    ...{ search: search.element, inspector: inspector.element, log: log.element },
  });
  const draw = (): void => {
    const now = progressBy(groups.root.counts);
    head.draw(store.view, now);
    progress.draw(now);
    speaker.draw(now);
    search.draw();
    inspector.draw();
    log.draw();
    if (shown.upper() === "outline") outline.draw();
  };
  return {
    note(change) {
      groups.update(store.view, change);
      speaker.note(change);
      inspector.note(change);
      outline.note(change);
      log.note(change);
    },
    draw,
    choose() {
      if (selection.current !== null) shown.showInspector();
      log.choose();
      draw();
    },
    recolour: graph.redraw,
    find: search.focus,
    notify(text) {
      notice.hidden = text === null;
      setText(notice, text === null ? "" : visible(text, 500));
    },
  };
}

/** Pick the failed task after the one that is picked. */
function pickFailure(store: Store, selection: Selection): void {
  const failed = [...store.view.tasks.values()]
    .filter((task) => task.state === "failed")
    .map((task) => task.id);
  const picked = selection.current?.kind === "task" ? selection.current.task : null;
  const next = neighbour(failed, picked, 1);
  if (next !== null) selection.pick({ kind: "task", task: next });
}
