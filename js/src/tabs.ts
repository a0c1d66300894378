/** Tabs: one of several things at a time, chosen by click or arrows. */

import { element, type Scope, setAttributes, taken } from "./dom.ts";

export interface Tab<K extends string> {
  readonly key: K;
  readonly words: string;
  readonly panel: HTMLElement;
}

export interface Tabs<K extends string> {
  readonly element: HTMLElement;
  readonly chosen: K;
  choose(key: K): void;
}

/** `show` is called at each choice, and once for the first tab. */
export function createTabs<K extends string>(
  scope: Scope,
  label: string,
  tabs: readonly [Tab<K>, ...Tab<K>[]],
  show: (key: K) => void,
): Tabs<K> {
  let chosen = tabs[0].key;
  const buttons = tabs.map(({ key, words, panel }) => {
    panel.id = `fl-panel-${key}`;
    const button = element(
      "button",
      { type: "button", role: "tab", id: `fl-tab-${key}`, "aria-controls": panel.id },
      words,
    );
    setAttributes(panel, { role: "tabpanel", "aria-labelledby": button.id, "aria-label": null });
    scope.listen(button, "click", () => choose(key));
    return button;
  });
  const choose = (key: K): void => {
    chosen = key;
    tabs.forEach((tab, i) => {
      const button = buttons[i];
      if (button === undefined) return;
      setAttributes(button, {
        "aria-selected": String(tab.key === key),
        tabindex: tab.key === key ? 0 : -1,
      });
    });
    show(key);
  };
  const list = element("div", { class: "tabs", role: "tablist", "aria-label": label }, ...buttons);
  scope.listen(list, "keydown", (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.key === chosen);
    const to = stepTo(event.key, at, tabs.length);
    const tab = to === null ? undefined : tabs[to];
    if (tab === undefined || to === null) return;
    taken(event);
    choose(tab.key);
    buttons[to]?.focus();
  });
  choose(chosen);
  return {
    element: list,
    get chosen() {
      return chosen;
    },
    choose,
  };
}

function stepTo(key: string, at: number, count: number): number | null {
  switch (key) {
    case "ArrowRight":
      return (at + 1) % count;
    case "ArrowLeft":
      return (at + count - 1) % count;
    case "Home":
      return 0;
    case "End":
      return count - 1;
    default:
      return null;
  }
}
