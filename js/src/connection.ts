/** A view's line to the server: it is quiet while nobody looks, and says when it is lost. */

import type { Wish } from "./feed.ts";
import type { Server } from "./server.ts";
import { createSight } from "./sight.ts";
import { openSocket } from "./socket.ts";

export const LOST = "The connection to the server is lost; it is tried again.";

export interface Listener {
  /** A message came. */
  hear(text: string): void;
  /** The view can be seen, or no longer. */
  seen(isSeen: boolean): void;
  /** What is wrong with the line; null when all is well again. */
  complain(words: string | null): void;
}

export interface Connection {
  ask(wish: Wish): void;
  destroy(): void;
}

/** Where a websocket is, and what is asked for why it is not. */
export interface Place {
  readonly path: string;
  readonly asked: string;
}

/** Connect a view to one of the server's websockets. */
export function connect(
  server: Server,
  { path, asked }: Place,
  view: Element,
  listener: Listener,
): Connection {
  let isSeen = false;
  const socket = openSocket(() => server.open(path), {
    opened() {
      listener.complain(null);
      if (!isSeen) socket.send({ type: "hidden" });
    },
    hear: listener.hear,
    lost() {
      listener.complain(LOST);
      server.refusal(asked).then((words) => {
        if (words !== null) listener.complain(words);
      });
    },
  });
  const sight = createSight((seen) => {
    isSeen = seen;
    listener.seen(seen);
  });
  const unwatch = sight.watch(view);
  return {
    ask: (wish) => socket.send({ type: wish }),
    destroy() {
      unwatch();
      socket.close();
      sight.destroy();
    },
  };
}
