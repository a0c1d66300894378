/** One session on the dashboard: the very panel of the widget, fed by a websocket. */

import { type Connection, connect } from "./connection.ts";
import { element } from "./dom.ts";
import { createFeed } from "./feed.ts";
import type { Standing } from "./listing.ts";
import { tellStanding } from "./lives.ts";
import { createPanel } from "./panel.ts";
import { pathOf, type Server } from "./server.ts";
import { createStore } from "./store.ts";
import { visible } from "./visible.ts";

const STANDING = '{"type":"Standing"'; // how such a message begins; all others are frames

export interface Following {
  readonly element: HTMLElement;
  destroy(): void;
}

/** Which session, and who is told its name and how its client stands. */
export interface Wanted {
  readonly journal: string;
  readonly session: number;
  name(text: string): void;
  say(words: string): void;
}

export function followSession(server: Server, wanted: Wanted): Following {
  const { journal, session } = wanted;
  const place = { path: `${pathOf(journal)}/${session}`, asked: pathOf(journal) };
  const store = createStore();
  const host = element("div", { class: "panel" });
  const panel = createPanel(host, store, {});
  const feed = createFeed(store, (wish) => connection.ask(wish));
  const connection: Connection = connect(server, place, host, {
    hear(text) {
      if (!text.startsWith(STANDING)) feed.take(text);
      else wanted.say(tell(JSON.parse(text) as Standing));
    },
    seen: feed.setShown,
    complain: panel.notify,
  });
  const forget = store.subscribe((change) => {
    if (!change.all && !change.shape) return;
    wanted.name(visible(store.view.sessions.get(session)?.name ?? "", 80));
  });
  return {
    element: host,
    destroy() {
      forget();
      connection.destroy();
      feed.destroy();
      panel.destroy();
    },
  };
}

function tell(standing: Standing): string {
  return visible(tellStanding(standing), 500);
}
