/** Gives a panel its look, and says when the page's theme changes.
 *
 * The sheet is adopted by the panel's own shadow root: it works before the panel is on the page,
 * under a policy that allows no inline styles, and neither takes nor gives rules to the page.
 */

import { createDelay, element, matches, type Scope, setAttributes } from "./dom.ts";
import sheet from "./theme.css";

export type Theme = "light" | "dark";

/** What tells the theme: attributes of the page's body and root, and the wish of the system. */
export interface Signals {
  readonly jupyter: string | null; // body's data-jp-theme-light
  readonly vscode: string | null; // body's data-vscode-theme-kind
  readonly dark: boolean; // the root's or the body's class, as marimo has it
  readonly light: boolean;
  readonly system: boolean; // the system wants dark
}

/** The theme of a page; Jupyter's and VS Code's word counts before the system's. */
export function themeOf(signals: Signals): Theme {
  if (signals.jupyter !== null) return signals.jupyter === "false" ? "dark" : "light";
  if (signals.vscode !== null) {
    return /dark|^vscode-high-contrast$/.test(signals.vscode) ? "dark" : "light";
  }
  if (signals.dark || signals.light) return signals.dark ? "dark" : "light";
  return signals.system ? "dark" : "light";
}

/** ms after which colours are read again: a page may name its theme before the sheet counts. */
const SETTLED = 500;

/** Style what is in this shadow root, and keep `data-theme` of the panel right. */
export function applyTheme(
  shadow: ShadowRoot,
  panel: HTMLElement,
  scope: Scope,
  changed: () => void,
): void {
  adopt(shadow);
  const settled = createDelay(scope, changed, SETTLED);
  const follow = (): void => {
    const now = themeOf(readSignals());
    if (panel.getAttribute("data-theme") !== now) setAttributes(panel, { "data-theme": now });
    changed(); // colours may differ between two dark themes, too
    settled.wish();
  };
  setAttributes(panel, { "data-theme": themeOf(readSignals()) });
  const observer = new MutationObserver(follow);
  const attributeFilter = [
    "class",
    "data-jp-theme-light",
    "data-jp-theme-name",
    "data-vscode-theme-kind",
  ];
  observer.observe(document.body, { attributes: true, attributeFilter });
  observer.observe(document.documentElement, { attributes: true, attributeFilter });
  scope.add(() => observer.disconnect());
  if (typeof matchMedia !== "function") return;
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
    scope.listen(matchMedia(query), "change", follow);
  }
}

function adopt(shadow: ShadowRoot): void {
  if ("adoptedStyleSheets" in shadow) {
    const styles = new CSSStyleSheet();
    styles.replaceSync(sheet);
    shadow.adoptedStyleSheets = [styles];
  } else {
    (shadow as ShadowRoot).appendChild(element("style", {}, sheet));
  }
}

function readSignals(): Signals {
  const { body, documentElement } = document;
  const has = (name: string): boolean =>
    documentElement.classList.contains(name) || body.classList.contains(name);
  return {
    jupyter: body.getAttribute("data-jp-theme-light"),
    vscode: body.getAttribute("data-vscode-theme-kind"),
    dark: has("dark"),
    light: has("light"),
    system: matches("(prefers-color-scheme: dark)"),
  };
}
