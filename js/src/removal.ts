/** The button that removes a journal: it asks once more, and says what went wrong. */

import { element, type Scope, setText } from "./dom.ts";
import type { JournalRow } from "./listing.ts";
import { plural, visible } from "./visible.ts";

/** ms after which the question is taken back. */
export const PATIENCE = 5_000;

export interface Removal {
  readonly element: HTMLElement;
  draw(journal: JournalRow): void;
}

export function createRemoval(scope: Scope, remove: (journal: string) => Promise<void>): Removal {
  const button = element("button", { type: "button" });
  const fault = element("span", { class: "fault", role: "status" });
  let journal: JournalRow | null = null;
  let isAsking = false;
  let timer: ReturnType<typeof setTimeout> | null = null;

  const draw = (): void => {
    button.hidden = journal === null || journal.life !== "over";
    setText(button, isAsking && journal !== null ? question(journal) : "Remove");
    if (journal !== null) button.setAttribute("aria-label", label(journal, isAsking));
  };
  const ask = (now: boolean): void => {
    if (timer !== null) clearTimeout(timer);
    timer = now ? setTimeout(ask, PATIENCE, false) : null;
    isAsking = now;
    draw();
  };
  scope.add(() => ask(false));
  scope.listen(button, "click", () => {
    if (journal === null) return;
    if (!isAsking) {
      ask(true);
      return;
    }
    ask(false);
    setText(fault, "");
    remove(journal.journal).catch((error: unknown) => {
      setText(fault, visible(error instanceof Error ? error.message : String(error), 300));
    });
  });
  return {
    element: element("div", { class: "removal" }, button, fault),
    draw(row) {
      journal = row;
      draw();
    },
  };
}

/** All sessions of a client stand in one journal, and go with it. */
function question({ sessions }: JournalRow): string {
  return sessions.length > 1 ? `Remove all ${sessions.length} for good?` : "Remove for good?";
}

function label(journal: JournalRow, isAsking: boolean): string {
  const names = journal.sessions.map((each) => visible(each.name, 60)).join(", ");
  const what = `the journal ${visible(journal.journal, 60)}${names === "" ? "" : ` of ${names}`}`;
  const many =
    journal.sessions.length > 1 ? ` with ${plural(journal.sessions.length, "session")}` : "";
  return isAsking ? `Really remove ${what}${many}, for good` : `Remove ${what}${many}`;
}
