/** Draws the list of sessions: a table of which only what changed is touched. */

import { createScope, element, fill, setText } from "./dom.ts";
import type { Listing } from "./listing.ts";
import { ago, type Line, lastOf, linesOf, progressOfCounts, tellLife } from "./lives.ts";
import { createRemoval } from "./removal.ts";
import { createSegments } from "./segments.ts";
import { plural, visible } from "./visible.ts";

export interface SessionList {
  readonly element: HTMLElement;
  /** Show this list; `now` is the server's clock, s since the epoch. */
  draw(listing: Listing, now: number): void;
  destroy(): void;
}

interface Row {
  readonly element: HTMLElement;
  draw(line: Line, now: number): void;
  destroy(): void;
}

const HEADS = ["Session", "State", "Progress", "Began", "Last word", "Journal"];
const EMPTY =
  "There are no sessions yet. Submit one in a notebook or a script, and it is shown here.";

/** `remove` removes a journal, and says by an error why it cannot. */
export function createSessionList(remove: (journal: string) => Promise<void>): SessionList {
  const rows = new Map<string, Row>();
  const body = element("tbody");
  const note = element("p", { class: "note", role: "status" });
  const heads = HEADS.map((head) => element("th", { scope: "col" }, head));
  const table = element(
    "table",
    { class: "sessions" },
    element("caption", { class: "unseen" }, "Sessions of this user"),
    element("thead", {}, element("tr", {}, ...heads)),
    body,
  );
  const box = element("div", { class: "scroll", role: "region", "aria-label": "Sessions" }, table);
  return {
    element: element("main", {}, note, box),
    draw(listing, now) {
      const lines = linesOf(listing);
      const keys = new Set(lines.map((line) => line.key));
      for (const [key, row] of rows) {
        if (keys.has(key)) continue;
        row.destroy();
        rows.delete(key);
      }
      const wanted = lines.map((line) => {
        const row = rows.get(line.key) ?? createRow(remove);
        rows.set(line.key, row);
        row.draw(line, now);
        return row.element;
      });
      arrange(body, wanted);
      table.hidden = lines.length === 0;
      setText(note, noteOf(listing));
    },
    destroy() {
      for (const row of rows.values()) row.destroy();
      rows.clear();
    },
  };
}

function noteOf(listing: Listing): string {
  if (listing.fault !== "") return visible(listing.fault, 500);
  if (listing.journals.length === 0) return EMPTY;
  if (listing.left > 0) return `${plural(listing.left, "older journal")} not shown`;
  return "";
}

function createRow(remove: (journal: string) => Promise<void>): Row {
  const scope = createScope();
  const name = element("th", { scope: "row" });
  const state = element("td", { class: "state" });
  const progress = createSegments();
  const began = element("td", { class: "time" });
  const last = element("td", { class: "time" });
  const removal = createRemoval(scope, remove);
  const middle = element("td", {}, progress.element);
  const row = element(
    "tr",
    {},
    name,
    state,
    middle,
    began,
    last,
    element("td", {}, removal.element),
  );
  let drawnName = "";
  return {
    element: row,
    draw(line, now) {
      const title = `${line.session?.name ?? ""}\n${line.journal.journal}`;
      if (title !== drawnName || name.childElementCount === 0) fill(name, ...nameOf(line));
      drawnName = title;
      row.dataset["life"] = line.journal.life;
      setText(state, stateOf(line, now));
      progress.draw(progressOfCounts(line.session?.counts ?? {}), line.session !== null);
      setText(began, line.session === null ? "" : when(line.session.began, now));
      setText(last, ago(lastOf(line), now));
      removal.draw(line.journal);
    },
    destroy() {
      scope.destroy();
      row.remove();
    },
  };
}

function nameOf({ journal, session }: Line): HTMLElement[] {
  const place = element("small", { dir: "auto" }, visible(journal.journal, 120));
  if (session === null) return [place];
  const href = `#/${encodeURIComponent(journal.journal)}/${session.session}`;
  const name = visible(session.name, 120) || `session ${session.session}`;
  return [element("a", { href, dir: "auto" }, name), place];
}

function stateOf(line: Line, now: number): string {
  const told = [visible(tellLife(line, now), 500)];
  if (line.session !== null && line.session.failure !== "") {
    told.push(visible(line.session.failure));
  }
  if (line.journal.damaged > 0) told.push(`${plural(line.journal.damaged, "damaged line")}`);
  return told.join(" · ");
}

/** A time of day, with the date when that is another day's. */
function when(at: number, now: number): string {
  const [date, today] = [new Date(at * 1000), new Date(now * 1000)];
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return date.toDateString() === today.toDateString()
    ? time
    : `${date.toLocaleDateString()} ${time}`;
}

/** Bring the rows into this order; those in their place are not touched, so none loses its focus. */
function arrange(body: HTMLElement, wanted: readonly HTMLElement[]): void {
  wanted.forEach((row, place) => {
    if (body.children[place] !== row) body.insertBefore(row, body.children[place] ?? null);
  });
}
