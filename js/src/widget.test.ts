/** anywidget's seam: one store a model, a view each time it is drawn, and nothing left at the end. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Frame } from "./events.ts";
import { openPage, type Page } from "./testing/page.ts";
import { emptySnapshot, entries, submitted } from "./testing/sample.ts";
import createWidget, { type Listener, type Model } from "./widget.ts";

type Content = Parameters<Listener>[0];

/** The kernel's side of a model, as anywidget hands it over. */
class Kernel {
  readonly said: Record<string, unknown>[] = [];
  snap: DataView | undefined;
  readonly listeners = new Map<string, Listener | (() => void)>();

  /** Every hook gets one of its own. */
  proxy(): Model {
    return {
      get: () => this.snap,
      send: (content) => void this.said.push(content as Record<string, unknown>),
      on: (event: string, listener: Listener | (() => void)) => {
        this.listeners.set(event, listener);
      },
      off: (event: string, listener: Listener | (() => void)) => {
        if (this.listeners.get(event) === listener) this.listeners.delete(event);
      },
    };
  }

  sendFrame(frame: Frame, answer = false): void {
    this.send({ type: "frame", answer }, [toView(frame)]);
  }

  send(content: Content, buffers: DataView[] = []): void {
    this.listeners.get("msg:custom")?.(content, buffers);
  }

  get kinds(): unknown[] {
    return this.said.map((each) => each["type"]);
  }
}

/** JSON at an odd place of a larger buffer, as it lies in a message. */
function toView(frame: Frame): DataView {
  const text = new TextEncoder().encode(JSON.stringify(frame));
  const whole = new Uint8Array(text.length + 3);
  whole.set(text, 3);
  return new DataView(whole.buffer, 3);
}

const FULL = emptySnapshot({ epoch: 5, frame: 1 });
const TASKS: Frame = {
  type: "Delta",
  epoch: 5,
  frame: 2,
  entries: entries([submitted([{ name: "a/one" }, { name: "a/two" }])]),
  left_out: 0,
};

let page: Page;
let kernel: Kernel;
let see: (view: Element) => void;

beforeEach(async () => {
  page = await openPage();
  const reports = new Map<Element, (found: { isIntersecting: boolean }[]) => void>();
  const Observer = IntersectionObserver; // counts how many are left
  (globalThis as unknown as Record<string, unknown>)["IntersectionObserver"] = class extends (
    Observer
  ) {
    private readonly report: IntersectionObserverCallback;

    constructor(report: IntersectionObserverCallback) {
      super(report);
      this.report = report;
    }

    override observe(view: Element): void {
      reports.set(view, (found) => this.report(found as IntersectionObserverEntry[], this));
    }
  };
  see = (view) => reports.get(view)?.([{ isIntersecting: true }]);
  kernel = new Kernel();
});

afterEach(async () => {
  await page.close();
});

/** Draw a view on the page. */
function draw(widget: ReturnType<typeof createWidget>): { el: HTMLElement; end: () => void } {
  const el = document.createElement("div");
  const end = widget.render({ model: kernel.proxy(), el });
  document.body.append(el);
  return { el, end };
}

/** All that a view says. */
function said(el: HTMLElement): string {
  return el.firstElementChild?.firstElementChild?.shadowRoot?.textContent ?? "";
}

/** What a view says of its tasks. */
function told(el: HTMLElement): string {
  const root = el.firstElementChild?.firstElementChild?.shadowRoot;
  return root?.querySelector(".counts")?.textContent ?? "";
}

test("nothing is asked before a view is seen, and then all of it", () => {
  const widget = createWidget();
  const end = widget.initialize({ model: kernel.proxy() });
  const view = draw(widget);
  assert.deepEqual(kernel.kinds, []);
  see(view.el);
  assert.deepEqual(kernel.kinds, ["shown"]);
  view.end();
  end();
});

test("what the saved state holds is seen without a kernel's answer", () => {
  kernel.snap = toView(FULL);
  const widget = createWidget();
  const end = widget.initialize({ model: kernel.proxy() });
  kernel.sendFrame(TASKS);
  const view = draw(widget);
  assert.match(told(view.el), /0\/2/);
  view.end();
  end();
});

test("an empty state is no frame", () => {
  kernel.snap = new DataView(new ArrayBuffer(0));
  createWidget().initialize({ model: kernel.proxy() })();
  assert.deepEqual(kernel.said, []);
});

test("two views show one store", () => {
  const widget = createWidget();
  const end = widget.initialize({ model: kernel.proxy() });
  kernel.sendFrame(FULL);
  kernel.sendFrame(TASKS);
  const views = [draw(widget), draw(widget)];
  for (const view of views) assert.match(told(view.el), /0\/2/);
  for (const view of views) view.end();
  end();
});

test("a gap asks for all, and so does a beat that names another frame", () => {
  const widget = createWidget();
  const end = widget.initialize({ model: kernel.proxy() });
  const view = draw(widget);
  see(view.el);
  kernel.sendFrame(FULL);
  kernel.sendFrame({ ...TASKS, frame: 4 });
  assert.deepEqual(kernel.kinds, ["shown", "hello"]);
  kernel.sendFrame({ ...FULL, frame: 5 });
  kernel.send({ type: "beat", epoch: 5, frame: 5 });
  assert.deepEqual(kernel.kinds, ["shown", "hello"]);
  kernel.send({ type: "beat", epoch: 5, frame: 6 });
  assert.deepEqual(kernel.kinds, ["shown", "hello", "hello"]);
  view.end();
  end();
});

test("a frame that asks whether anybody is there is answered while somebody looks", () => {
  const widget = createWidget();
  const end = widget.initialize({ model: kernel.proxy() });
  kernel.sendFrame(FULL, true);
  assert.deepEqual(kernel.kinds, []);
  const view = draw(widget);
  see(view.el);
  kernel.sendFrame({ ...FULL, frame: 2 }, true);
  assert.deepEqual(kernel.kinds, ["shown", "here"]);
  assert.equal(kernel.said[0]?.["viewer"], kernel.said[1]?.["viewer"]);
  view.end();
  end();
});

test("when the kernel comes or goes all is asked for, and its silence is said", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const widget = createWidget();
  const end = widget.initialize({ model: kernel.proxy() });
  const view = draw(widget);
  see(view.el);
  kernel.sendFrame(FULL);
  const comes = kernel.listeners.get("comm_live_update") as () => void;
  comes();
  assert.deepEqual(kernel.kinds, ["shown", "hello"]);
  for (let second = 0; second < 10; second += 1) t.mock.timers.tick(1_000);
  assert.match(said(view.el), /does not answer/);
  kernel.sendFrame({ ...FULL, frame: 2 });
  assert.doesNotMatch(said(view.el), /does not answer/);
  view.end();
  end();
});

test("a message to a kernel that is gone is no error", () => {
  const model = { ...kernel.proxy(), send: () => assert.fail("the comm is closed") };
  const widget = createWidget();
  const end = widget.initialize({ model });
  const view = draw(widget);
  see(view.el);
  view.end();
  end();
});

test("at the end nothing listens and nothing is left", () => {
  const before = page.left();
  const widget = createWidget();
  const end = widget.initialize({ model: kernel.proxy() });
  const view = draw(widget);
  see(view.el);
  view.end();
  end();
  assert.equal(kernel.listeners.size, 0);
  assert.equal(kernel.kinds.at(-1), "hidden");
  assert.equal(page.left(), before);
});
