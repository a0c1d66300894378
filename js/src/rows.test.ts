/** However many rows there are, only those that can be seen are on the page. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope, element } from "./dom.ts";
import { createRows, type Rows } from "./rows.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

/** A list of the numbers from `first` on. */
function numbers(): { rows: Rows; made: () => number; begin: (first: number) => void } {
  let made = 0;
  let first = 0;
  const rows = createRows(createScope(), {
    height: 20,
    key: (index) => first + index,
    make(index) {
      made += 1;
      return element("p", {}, String(first + index));
    },
    update: () => undefined,
  });
  return {
    rows,
    made: () => made,
    begin: (to) => {
      first = to;
    },
  };
}

const shown = ({ rows }: { rows: Rows }) =>
  [...rows.body.children].map((each) => Number(each.textContent));

test("ten thousand rows are a few elements", () => {
  const list = numbers();
  list.rows.draw(10_000);
  assert.ok(shown(list).length > 10 && shown(list).length < 60);
  assert.equal(shown(list)[0], 0);
  assert.equal(list.rows.body.style.height, "200000px");
});

test("the end, and a row far away, can be seen", () => {
  const list = numbers();
  list.rows.draw(10_000);
  list.rows.toEnd();
  assert.equal(shown(list).at(-1), 9_999);
  assert.ok(list.rows.isAtEnd());
  list.rows.reveal(5_000);
  assert.ok(shown(list).includes(5_000));
  assert.ok(!list.rows.isAtEnd());
  assert.equal(list.rows.at(5_000)?.textContent, "5000");
  assert.equal(list.rows.at(0), undefined);
});

test("a row that stays is not made again, and all stand in order", () => {
  const list = numbers();
  list.rows.draw(100);
  const before = list.made();
  list.rows.draw(100);
  assert.equal(list.made(), before);
  list.rows.reveal(40);
  list.rows.reveal(0);
  assert.deepEqual(
    shown(list),
    [...shown(list)].sort((one, other) => one - other),
  );
});

test("what is read stays where it is when rows go at the front", () => {
  const list = numbers();
  list.rows.draw(1_000);
  list.rows.reveal(500);
  const first = shown(list)[0];
  list.begin(100);
  list.rows.shift(100);
  list.rows.draw(1_000);
  assert.equal(shown(list)[0], first);
});

test("fewer rows than before leave no ghosts", () => {
  const list = numbers();
  list.rows.draw(1_000);
  list.rows.toEnd();
  list.rows.draw(3);
  assert.deepEqual(shown(list), [0, 1, 2]);
  list.rows.draw(0);
  assert.deepEqual(shown(list), []);
});

test("a list that the page puts to its top goes back, one that the user scrolls does not", () => {
  const { rows } = numbers();
  const scroll = (): void => {
    rows.element.scrollTop = 0;
    rows.element.dispatchEvent(new Event("scroll"));
  };
  rows.draw(1_000);
  rows.toEnd();
  const end = rows.element.scrollTop;
  scroll();
  assert.equal(rows.element.scrollTop, end);
  assert.ok(rows.isAtEnd());
  rows.element.dispatchEvent(new Event("wheel"));
  scroll();
  assert.equal(rows.element.scrollTop, 0);
  assert.ok(!rows.isAtEnd());
});
