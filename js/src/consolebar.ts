/** What stands above the log: its filters, how many lines there are, and Follow. */

import { createDelay, element, type Scope, setAttributes } from "./dom.ts";
import type { Stream } from "./lines.ts";

const STREAMS: readonly Stream[] = ["stdout", "stderr", "log", "debug"];
const REST = 150; // ms without a key after which is filtered

export interface Controls {
  readonly element: HTMLElement;
  readonly told: HTMLElement;
  wanted(): { readonly text: string; readonly stream: Stream | null };
  /** Whether all tasks' lines are wanted though one is picked. */
  wholeLog(): boolean;
  /** Something is picked, and its lines alone can be wanted. */
  offer(isPicked: boolean): void;
  /** Call back when other lines are wanted. */
  changed(listener: () => void): void;
  showFollowing(now: boolean): void;
  /** Call back when Follow is pressed. */
  pressed(listener: () => void): void;
}

export function createControls(scope: Scope): Controls {
  const field = createField();
  const streams = createStreams();
  const only = createSwitch("Picked only");
  const follow = createSwitch("Follow");
  const told = element("span", { class: "soft", "data-part": "told" });
  const end = element("span", { class: "end" }, follow);
  only.hidden = true;
  scope.listen(only, "click", () => press(only, !isPressed(only)));
  return {
    element: element("div", { class: "bar" }, field, streams, only, told, end),
    told,
    wanted: () => ({
      text: field.value,
      stream: STREAMS.find((stream) => stream === streams.value) ?? null,
    }),
    wholeLog: () => !isPressed(only),
    offer(isPicked) {
      only.hidden = !isPicked;
    },
    changed(listener) {
      scope.listen(field, "input", createDelay(scope, listener, REST).wish);
      scope.listen(streams, "change", listener);
      scope.listen(only, "click", listener);
    },
    showFollowing: (now) => press(follow, now),
    pressed: (listener) => scope.listen(follow, "click", listener),
  };
}

function createField(): HTMLInputElement {
  return element("input", {
    type: "search",
    placeholder: "Filter the log",
    "aria-label": "Filter the log by a part of its lines",
    autocomplete: "off",
    spellcheck: "false",
    "data-part": "filter",
  });
}

function createStreams(): HTMLSelectElement {
  const option = (value: string, words: string) => element("option", { value }, words);
  const all = option("", "all streams");
  const made = element("select", { "aria-label": "Stream" }, all);
  made.append(...STREAMS.map((stream) => option(stream, stream)));
  return made;
}

function createSwitch(words: string): HTMLElement {
  return element("button", { type: "button", "aria-pressed": "true" }, words);
}

function isPressed(button: HTMLElement): boolean {
  return button.getAttribute("aria-pressed") === "true";
}

function press(button: HTMLElement, now: boolean): void {
  setAttributes(button, { "aria-pressed": String(now) });
}
