/** The seam to a notebook: anywidget's model on one side, store and panel on the other. */

import { createFeed, type Wish } from "./feed.ts";
import { createShelf } from "./shelf.ts";
import { createSight } from "./sight.ts";
import { createStore } from "./store.ts";

/** What of anywidget's model is used. */
export interface Model {
  get(name: "_snap"): DataView | undefined;
  send(content: object): void;
  on(event: "msg:custom", listener: Listener): void;
  on(event: "comm_live_update", listener: () => void): void;
  off(event: "msg:custom", listener: Listener): void;
  off(event: "comm_live_update", listener: () => void): void;
}

export type Listener = (content: Message, buffers: readonly DataView[]) => void;

/** A frame's JSON is in the first buffer; one with `answer` wants to hear that the page is there. */
type Message =
  | { readonly type: "frame"; readonly answer: boolean }
  | { readonly type: "beat"; readonly epoch: number; readonly frame: number };

interface Place {
  readonly model: Model;
  readonly el: HTMLElement;
}

const SILENT = "The kernel does not answer. This is what was seen last.";

const decoder = new TextDecoder(); // takes a view at any offset, unlike a typed array

/**
 * One of these a model: what is folded once is drawn by each of its views.
 *
 * `initialize` and each `render` get a model of their own, so nothing is kept by model.
 */
export default function createWidget() {
  const store = createStore();
  const viewer = Math.random().toString(36).slice(2); // tells the windows of one kernel apart
  let send: (content: object) => void = () => undefined;
  const feed = createFeed(
    store,
    (wish: Wish) => send({ type: wish, viewer }),
    (silent) => shelf.notify(silent ? SILENT : null),
  );
  const sight = createSight((seen) => feed.setShown(seen));
  const shelf = createShelf(store, () => send({ type: "stop" }));

  const hear: Listener = (content, buffers) => {
    if (content.type === "beat") {
      feed.beat(content.epoch, content.frame);
      return;
    }
    if (content.answer && feed.isShown) send({ type: "here", viewer });
    if (buffers[0] !== undefined) feed.take(decoder.decode(buffers[0]));
  };
  return {
    initialize({ model }: { readonly model: Model }): () => void {
      send = (content) => sendIfAlive(model, content);
      const saved = model.get("_snap");
      if (saved !== undefined && saved.byteLength > 0) feed.take(decoder.decode(saved));
      model.on("msg:custom", hear);
      model.on("comm_live_update", feed.doubt); // the kernel ended, or came back
      return () => {
        model.off("msg:custom", hear);
        model.off("comm_live_update", feed.doubt);
        sight.destroy();
        feed.destroy();
        shelf.destroy();
      };
    },
    render({ el }: Place): () => void {
      const giveBack = shelf.put(el);
      const unwatch = sight.watch(el);
      return () => {
        unwatch();
        giveBack();
      };
    },
  };
}

function sendIfAlive(model: Model, content: object): void {
  try {
    model.send(content);
  } catch {
    // The kernel is gone: the feed says so when no answer comes
  }
}
