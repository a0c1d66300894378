/** All tasks as a treegrid: what the canvas shows, for readers of the screen and for the keyboard. */

import { element, type Scope, setAttributes } from "./dom.ts";
import type { Groups } from "./groups.ts";
import { createCursor } from "./outlinekeys.ts";
import { createModel } from "./outlinemodel.ts";
import { drawHeading, drawItem, keyOf, ROW } from "./outlinerow.ts";
import { createRows } from "./rows.ts";
import type { Selection } from "./selection.ts";
import type { Change, Store } from "./store.ts";

export interface Outline {
  readonly element: HTMLElement;
  note(change: Change): void;
  draw(): void;
}

/** `groups` is kept up to date by whoever made it. */
export function createOutline(
  scope: Scope,
  store: Store,
  groups: Groups,
  selection: Selection,
): Outline {
  const model = createModel(store, groups, selection);
  const name = `fl-${Math.random().toString(36).slice(2)}`; // rows are named by the cursor
  const rows = createRows(
    scope,
    {
      height: ROW,
      head: ROW,
      key: (index) => keyOf(model.items[index]),
      make: () => element("div", { class: "row", role: "row" }),
      update(target, index) {
        const item = model.items[index];
        if (item === undefined) return;
        target.id = `${name}-${index}`;
        setAttributes(target, { "aria-rowindex": index + 2 });
        drawItem(target, item, { view: store.view, selection, isOpen: model.isOpen });
        target.classList.toggle("here", index === cursor.index);
      },
    },
    { role: "treegrid", tabindex: 0, "aria-label": "Tasks by group", "data-part": "outline" },
  );
  rows.element.prepend(drawHeading());
  rows.element.classList.add("outline");
  const draw = (): void => {
    model.bringUp();
    rows.draw(model.items.length);
    if (cursor.settle()) rows.draw(model.items.length);
    setAttributes(rows.element, {
      "aria-rowcount": model.items.length + 1,
      "aria-activedescendant": rows.at(cursor.index)?.id,
    });
  };
  const cursor = createCursor({ scope, rows, model, selection, draw });
  return { element: rows.element, note: model.note, draw };
}
