/** The list of sessions on the dashboard, kept fresh by a websocket while somebody looks. */

import type { Listing } from "./listing.ts";
import { isListing, type Server } from "./server.ts";
import { createSessionList } from "./sessions.ts";
import { createSight } from "./sight.ts";
import { openSocket } from "./socket.ts";

const TICK = 5_000; // ms after which ages are told anew
const LOST = "The connection to the server is lost; it is tried again.";
const LOGGED_OUT = "The server asks for a login: load this page again.";

export interface Overview {
  readonly element: HTMLElement;
  destroy(): void;
}

/** `say` is told what is wrong, and an empty text when all is well again. */
export function createOverview(server: Server, say: (words: string) => void): Overview {
  const list = createSessionList((journal) => server.remove(journal));
  let listing: Listing | null = null;
  let behind = 0; // s that the server's clock is ahead of ours
  let isShown = false;
  const draw = (): void => {
    if (listing !== null && isShown) list.draw(listing, Date.now() / 1000 + behind);
  };
  const socket = openSocket(server.socket("api/events"), {
    opened() {
      say("");
      if (!isShown) socket.send({ type: "hidden" });
    },
    hear(text) {
      const message: unknown = JSON.parse(text);
      if (!isListing(message)) return;
      listing = message;
      behind = message.now - Date.now() / 1000;
      draw();
    },
    lost() {
      say(LOST);
      server.isLoggedIn().then((isIn) => {
        if (isIn === false) say(LOGGED_OUT);
      });
    },
  });
  const sight = createSight((seen) => {
    isShown = seen;
    socket.send({ type: seen ? "shown" : "hidden" });
    draw();
  });
  const unwatch = sight.watch(list.element);
  const timer = setInterval(draw, TICK);
  return {
    element: list.element,
    destroy() {
      clearInterval(timer);
      unwatch();
      sight.destroy();
      socket.close();
      list.destroy();
    },
  };
}
