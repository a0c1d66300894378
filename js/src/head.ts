/** The head of the panel: the session's name, how it stands, and Stop. */

import { element, type Scope, setAttributes, setText } from "./dom.ts";
import type { View } from "./picture.ts";
import type { Progress } from "./progress.ts";
import { visible } from "./visible.ts";

const PATIENCE = 5_000; // ms after which Stop may be pressed again

export interface HeadWishes {
  readonly stop?: () => void;
  readonly title?: string;
  readonly link?: { readonly href: string; readonly text: string };
}

export interface Head {
  readonly element: HTMLElement;
  draw(view: View, progress: Progress): void;
}

export function createHead(scope: Scope, wishes: HeadWishes): Head {
  const title = element("h2", { class: "title", dir: "auto" });
  const chip = element("span", { class: "chip", "data-part": "state" });
  const stop = wishes.stop === undefined ? null : createStop(scope, wishes.stop);
  const link =
    wishes.link === undefined || !isWeb(wishes.link.href)
      ? null
      : element(
          "a",
          { href: wishes.link.href, target: "_blank", rel: "noopener" },
          visible(wishes.link.text),
        );
  return {
    element: element(
      "div",
      { class: "head" },
      title,
      chip,
      element("span", { class: "end" }, link, stop?.element ?? null),
    ),
    draw(view, progress) {
      setText(title, wishes.title === undefined ? nameOf(view) : visible(wishes.title, 80));
      setText(chip, stateOf(view, progress));
      stop?.offer(progress.unfinished > 0);
    },
  };
}

/** The names of the sessions that are seen. */
export function nameOf(view: View): string {
  const names = new Set([...view.sessions.values()].map((session) => visible(session.name, 80)));
  names.delete("");
  return [...names].join(", ") || "flowlab";
}

/** One word for how the sessions stand. */
export function stateOf(view: View, progress: Progress): string {
  const sessions = [...view.sessions.values()];
  if (sessions.length === 0 && progress.total === 0) return "no session yet";
  if (progress.unfinished > 0) {
    if (progress.count("running") > 0) return "running";
    return sessions.length > 0 && sessions.every((each) => each.state === "closed")
      ? "closed"
      : "waiting";
  }
  if (sessions.some((each) => each.state === "failed") || progress.count("failed") > 0)
    return "failed";
  if (progress.total === 0) return "no tasks yet";
  return progress.good === progress.total ? "finished" : "ended";
}

function isWeb(href: string): boolean {
  return /^(https?:)?\/\//.test(href) || /^[./]/.test(href); // not `javascript:` and its like
}

interface Stop {
  readonly element: HTMLElement;
  offer(isNeeded: boolean): void;
}

/** It asks nothing, and says that it was heard; when nothing comes of that it can be pressed again. */
function createStop(scope: Scope, stop: () => void): Stop {
  const button = element(
    "button",
    { type: "button", class: "stop", hidden: true, "data-part": "stop" },
    "Stop",
  );
  let timer: ReturnType<typeof setTimeout> | null = null;
  const rest = (words: string): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    setAttributes(button, { "aria-disabled": null });
    setText(button, words);
  };
  scope.add(() => rest("Stop"));
  scope.listen(button, "click", () => {
    if (timer !== null) return;
    stop();
    setAttributes(button, { "aria-disabled": "true" });
    setText(button, "Stopping…");
    timer = setTimeout(rest, PATIENCE, "Stop again");
  });
  return {
    element: button,
    offer(isNeeded) {
      if (button.hidden !== isNeeded) return;
      button.hidden = !isNeeded;
      rest("Stop");
    },
  };
}
