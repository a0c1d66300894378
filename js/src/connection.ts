/** A view's line to the server: it is quiet while nobody looks, and says when it is lost. */

import type { Wish } from "./feed.ts";
import type { Server } from "./server.ts";
import { createSight } from "./sight.ts";
import { openSocket } from "./socket.ts";

export const LOST = "The connection to the server is lost; it is tried again.";
export const LOGGED_OUT = "The server asks for a login: load this page again.";

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

/** Connect a view to one of the server's websockets. */
export function connect(
  server: Server,
  path: string,
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
      server.isLoggedIn().then((isIn) => {
        if (isIn === false) listener.complain(LOGGED_OUT);
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
