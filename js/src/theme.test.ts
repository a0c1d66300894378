/** Colours can be told apart by everybody, and the theme follows the page. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope, element } from "./dom.ts";
import { openPage, type Page } from "./testing/page.ts";
import sheet from "./theme.css";
import { applyTheme, type Signals, themeOf } from "./theme.ts";

const NONE: Signals = { jupyter: null, vscode: null, dark: false, light: false, system: false };

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

/** The colours of one rule, with the fallbacks of Jupyter's variables. */
function colours(selector: string): Map<string, string> {
  const body = sheet.split(`${selector} {`)[1]?.split("}")[0] ?? "";
  const found = new Map<string, string>();
  for (const [, name, colour] of body.matchAll(
    /--fl-([a-z]+): (?:var\([^,]+, )?(#[0-9a-f]{6})\)?;/g,
  )) {
    found.set(name ?? "", colour ?? "");
  }
  return found;
}

/** How well two colours can be told apart, by WCAG. */
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

// Jupyter's own layers beside our fallbacks: its light theme's are white and grey, the dark one's these.
const PAPERS = { ".fl": ["#ffffff", "#f6f6f6"], '.fl[data-theme="dark"]': ["#212121", "#111111"] };

for (const [selector, others] of Object.entries(PAPERS)) {
  test(`text and graphics stand out from the paper of ${selector}`, () => {
    const theme = colours(selector);
    const get = (name: string): string => {
      const colour = theme.get(name);
      assert.ok(colour, `no --fl-${name}`);
      return colour;
    };
    for (const paper of [get("paper"), ...others]) {
      for (const text of ["ink", "soft", "link", "error"]) {
        assert.ok(contrast(get(text), paper) >= 4.5, `${text} on ${paper}`);
      }
      for (const graphic of ["running", "finished", "failed", "grey", "focus", "line"]) {
        assert.ok(
          contrast(get(graphic), paper) >= 3,
          `${graphic} on ${paper}: ${contrast(get(graphic), paper)}`,
        );
      }
    }
  });
}

test("the page's word counts before the system's", () => {
  assert.equal(themeOf({ ...NONE, system: true }), "dark");
  assert.equal(themeOf({ ...NONE, jupyter: "true", system: true }), "light");
  assert.equal(themeOf({ ...NONE, jupyter: "false" }), "dark");
  assert.equal(themeOf({ ...NONE, vscode: "vscode-dark" }), "dark");
  assert.equal(themeOf({ ...NONE, vscode: "vscode-high-contrast" }), "dark");
  assert.equal(themeOf({ ...NONE, vscode: "vscode-high-contrast-light", system: true }), "light");
  assert.equal(themeOf({ ...NONE, dark: true }), "dark");
  assert.equal(themeOf({ ...NONE, light: true, system: true }), "light");
  assert.equal(themeOf(NONE), "light");
});

test("a change of the page's theme is followed until the end", async () => {
  const scope = createScope();
  const left = page.left();
  const host = element("div");
  const panel = element("div");
  let changes = 0;
  applyTheme(host.attachShadow({ mode: "open" }), panel, scope, () => {
    changes += 1;
  });
  assert.equal(panel.getAttribute("data-theme"), "light");
  document.body.setAttribute("data-jp-theme-light", "false");
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(panel.getAttribute("data-theme"), "dark");
  assert.equal(changes, 1);
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal(changes, 2, "the colours may have come after the name");
  assert.equal(host.shadowRoot?.adoptedStyleSheets.length, 1);
  scope.destroy();
  assert.equal(page.left(), left);
  document.body.removeAttribute("data-jp-theme-light");
});

test("the sheet loads nothing from elsewhere", () => {
  assert.doesNotMatch(sheet, /url\(|@import|http/);
});
