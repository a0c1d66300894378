/** The list of sessions on the dashboard, kept fresh by a websocket while somebody looks. */

import { type Connection, connect } from "./connection.ts";
import type { Listing } from "./listing.ts";
import { isListing, type Server } from "./server.ts";
import { createSessionList } from "./sessions.ts";

/** ms after which ages are told anew. */
export const TICK = 5_000;

const PLACE = { path: "api/events", asked: "api/sessions" };

export interface Overview {
  readonly element: HTMLElement;
  destroy(): void;
}

/** `say` is told what is wrong, and an empty text when all is well again. */
export function createOverview(server: Server, say: (words: string) => void): Overview {
  const list = createSessionList((journal) => server.remove(journal));
  let listing: Listing | null = null;
  let ahead = 0; // s that the server's clock is ahead of ours
  let isSeen = false;
  const draw = (): void => {
    if (listing !== null && isSeen) list.draw(listing, Date.now() / 1000 + ahead);
  };
  const connection: Connection = connect(server, PLACE, list.element, {
    hear(text) {
      const message: unknown = JSON.parse(text);
      if (!isListing(message)) return;
      listing = message;
      ahead = message.now - Date.now() / 1000;
      draw();
    },
    seen(now) {
      isSeen = now;
      connection.ask(now ? "shown" : "hidden");
      draw();
    },
    complain: (words) => say(words ?? ""),
  });
  const timer = setInterval(draw, TICK);
  return {
    element: list.element,
    destroy() {
      clearInterval(timer);
      connection.destroy();
      list.destroy();
    },
  };
}
