/** Where the parts of a panel stand: tabs, splitters, and what is beside or below what.
 *
 * The style sheet decides which of it: in a narrow panel log and inspector are behind tabs, too.
 */

import { element, type Scope } from "./dom.ts";
import type { Graph } from "./graph.ts";
import type { Outline } from "./outline.ts";
import { createSplitter } from "./splitter.ts";
import { createTabs } from "./tabs.ts";

export interface Furniture {
  readonly room: HTMLElement;
  readonly scope: Scope;
  readonly canvas: HTMLElement;
  readonly outline: Outline;
  readonly graph: Graph;
  readonly search: HTMLElement;
  readonly inspector: HTMLElement;
  readonly log: HTMLElement;
}

export interface Shown {
  upper(): "graph" | "outline";
  showInspector(): void;
}

/** Put the parts into the room. */
export function furnish(furniture: Furniture): Shown {
  const { room, scope, canvas, outline, graph, search, inspector, log } = furniture;
  const outlinePanel = element("div", {}, outline.element);
  const upper = createTabs(
    scope,
    "Tasks as",
    [
      { key: "graph", words: "Graph", panel: canvas },
      { key: "outline", words: "Outline", panel: outlinePanel },
    ],
    (key) => {
      canvas.hidden = key !== "graph";
      outlinePanel.hidden = key !== "outline";
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
    (key) => room.setAttribute("data-lower", key),
  );
  room.append(
    element("div", { class: "bar upper" }, upper.element, search),
    element("div", { class: "shown" }, canvas, outlinePanel),
    besideSplitter(furniture),
    inspector,
    aboveSplitter(furniture),
    element("div", { class: "bar lower" }, lower.element),
    log,
  );
  return { upper: () => upper.chosen, showInspector: () => lower.choose("inspector") };
}

function besideSplitter({ scope, room }: Furniture): HTMLElement {
  const place = { property: "--fl-side", last: true, share: 0.38 };
  return createSplitter(scope, {
    ...{ orientation: "vertical", label: "Width of the inspector", room },
    ...place,
  });
}

function aboveSplitter({ scope, room }: Furniture): HTMLElement {
  const place = { property: "--fl-top", share: 0.55 };
  return createSplitter(scope, {
    ...{ orientation: "horizontal", label: "Height of the log", room },
    ...place,
  });
}
