/** One tab at a time, by click and by arrows. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope, element } from "./dom.ts";
import { createTabs } from "./tabs.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

test("click, arrows, Home and End choose, and only the chosen tab can be tabbed to", () => {
  const scope = createScope();
  const shown: string[] = [];
  const panels = [element("div"), element("div"), element("div")] as const;
  const tabs = createTabs(
    scope,
    "Views",
    [
      { key: "a", words: "A", panel: panels[0] },
      { key: "b", words: "B", panel: panels[1] },
      { key: "c", words: "C", panel: panels[2] },
    ],
    (key) => shown.push(key),
  );
  document.body.append(tabs.element);
  const buttons = [...tabs.element.querySelectorAll("button")];
  buttons[1]?.click();
  const press = (key: string) =>
    tabs.element.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
    );
  press("ArrowRight");
  press("ArrowRight");
  press("ArrowLeft");
  press("Home");
  press("End");
  press("x");
  assert.deepEqual(shown, ["a", "b", "c", "a", "c", "a", "c"]);
  assert.equal(tabs.chosen, "c");
  assert.deepEqual(
    buttons.map((each) => each.getAttribute("tabindex")),
    ["-1", "-1", "0"],
  );
  assert.deepEqual(
    buttons.map((each) => each.getAttribute("aria-selected")),
    ["false", "false", "true"],
  );
  assert.equal(panels[0].getAttribute("aria-labelledby"), buttons[0]?.id);
  scope.destroy();
});
