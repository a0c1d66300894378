/** The parts of a panel, in their places, and what is done to all of them. */

import { createConsole } from "./console.ts";
import { element, type Scope, setText } from "./dom.ts";
import { createGraph, type Graph } from "./graph.ts";
import { createGroups } from "./groups.ts";
import { createHead, type HeadWishes } from "./head.ts";
import { createInspector } from "./inspector.ts";
import { createOutline, type Outline } from "./outline.ts";
import { createProgress, createSpeaker, progressBy } from "./progress.ts";
import { createSearch, neighbour } from "./search.ts";
import type { Selection } from "./selection.ts";
import { createSplitter } from "./splitter.ts";
import type { Change, Store } from "./store.ts";
import { createTabs } from "./tabs.ts";
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
  const outline = createOutline(store, groups, selection);
  scope.add(outline.destroy);
  const notice = element("p", { class: "notice", role: "status", hidden: true });
  const room = element("div", { class: "room" });
  const canvas = element("div");
  root.append(head.element, progress.element, notice, room, speaker.element);
  const graph = createGraph(canvas, store, selection);
  scope.add(graph.destroy);
  const shown = furnish({
    room,
    scope,
    canvas,
    outline,
    graph,
    search: search.element,
    inspector: inspector.element,
    log: log.element,
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

interface Furniture {
  readonly room: HTMLElement;
  readonly scope: Scope;
  readonly canvas: HTMLElement;
  readonly outline: Outline;
  readonly graph: Graph;
  readonly search: HTMLElement;
  readonly inspector: HTMLElement;
  readonly log: HTMLElement;
}

interface Shown {
  upper(): "graph" | "outline";
  showInspector(): void;
}

/** Put the parts where they belong; the style sheet decides what stands beside or below what. */
function furnish({
  room,
  scope,
  canvas,
  outline,
  graph,
  search,
  inspector,
  log,
}: Furniture): Shown {
  const upper = createTabs(
    scope,
    "Tasks as",
    [
      { key: "graph", words: "Graph", panel: canvas },
      { key: "outline", words: "Outline", panel: element("div", {}, outline.element) },
    ],
    (key) => {
      canvas.hidden = key !== "graph";
      if (outline.element.parentElement !== null)
        outline.element.parentElement.hidden = key !== "outline";
      if (key === "outline") outline.draw();
      else graph.redraw();
    },
  );
  const lower = createTabs(
    scope,
    "Details",
    [
      { key: "log", words: "Log", panel: log },
      { key: "inspector", words: "Inspector", panel: inspector },
    ],
    (key) => {
      room.setAttribute("data-lower", key);
    },
  );
  const outlinePanel = outline.element.parentElement;
  room.append(
    element("div", { class: "bar upper" }, upper.element, search),
    element("div", { class: "shown" }, canvas, outlinePanel),
    createSplitter(scope, {
      ...{ orientation: "vertical", label: "Width of the inspector", room },
      ...{ property: "--fl-side", last: true, share: 0.38 },
    }),
    inspector,
    createSplitter(scope, {
      ...{ orientation: "horizontal", label: "Height of the log", room },
      ...{ property: "--fl-top", share: 0.55 },
    }),
    element("div", { class: "bar lower" }, lower.element),
    log,
  );
  return { upper: () => upper.chosen, showInspector: () => lower.choose("inspector") };
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
