/** One session on the dashboard: the very panel of the widget, fed by a websocket. */

import { element } from "./dom.ts";
import { createFeed } from "./feed.ts";
import type { Standing } from "./listing.ts";
import { tellStanding } from "./lives.ts";
import { createPanel } from "./panel.ts";
import { framesOf, type Server } from "./server.ts";
import { createSight } from "./sight.ts";
import { openSocket } from "./socket.ts";
import { createStore } from "./store.ts";
import { visible } from "./visible.ts";

const STANDING = '{"type":"Standing"'; // how such a message begins; all others are frames
const LOST = "The connection to the server is lost; it is tried again.";
const LOGGED_OUT = "The server asks for a login: load this page again.";

export interface Following {
  readonly element: HTMLElement;
  destroy(): void;
}

/** Follow a session; `title` is told its name, and `say` how its client stands. */
export function followSession(
  server: Server,
  journal: string,
  session: number,
  title: (name: string) => void,
  say: (words: string) => void,
): Following {
  const store = createStore();
  const host = element("div", { class: "panel" });
  const panel = createPanel(host, store, {});
  let isShown = false;
  const feed = createFeed(store, (wish) => socket.send({ type: wish }));
  const socket = openSocket(server.socket(framesOf(journal, session)), {
    opened() {
      panel.notify(null);
      if (!isShown) socket.send({ type: "hidden" });
    },
    hear(text) {
      if (!text.startsWith(STANDING)) feed.take(text);
      else tell(JSON.parse(text) as Standing);
    },
    lost() {
      panel.notify(LOST);
      server.isLoggedIn().then((isIn) => {
        if (isIn === false) panel.notify(LOGGED_OUT);
      });
    },
  });
  const sight = createSight((seen) => {
    isShown = seen;
    feed.setShown(seen);
  });
  const unwatch = sight.watch(host);
  const forget = store.subscribe((change) => {
    if (!change.all && !change.shape) return;
    title(visible(store.view.sessions.get(session)?.name ?? "", 80));
  });
  const tell = (standing: Standing): void => {
    say(visible(tellStanding(standing, standing.now), 500));
  };
  return {
    element: host,
    destroy() {
      forget();
      unwatch();
      sight.destroy();
      feed.destroy();
      socket.close();
      panel.destroy();
    },
  };
}
