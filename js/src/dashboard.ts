/** The dashboard's page: the list of sessions, or the one that the address names behind its `#`. */

import sheet from "./dashboard.css";
import { element, fill, setText } from "./dom.ts";
import { followSession } from "./following.ts";
import { createOverview } from "./overview.ts";
import { createServer, type Server } from "./server.ts";

interface Shown {
  readonly element: HTMLElement;
  destroy(): void;
}

/** The journal and the session that an address names, or null for the list. */
export function readAddress(hash: string): readonly [journal: string, session: number] | null {
  const found = /^#\/([^/]+)\/(\d{1,15})$/.exec(hash);
  const [, journal, session] = found ?? [];
  if (journal === undefined || session === undefined) return null;
  try {
    return [decodeURIComponent(journal), Number(session)];
  } catch {
    return null; // a `%` that stands for nothing
  }
}

function start(): void {
  const styles = new CSSStyleSheet();
  styles.replaceSync(sheet);
  document.adoptedStyleSheets = [styles];
  hideToken();
  const server = createServer(location.href, () => document.cookie);
  const back = element("a", { href: "#" }, "All sessions");
  const title = element("h1", { dir: "auto" });
  const status = element("p", { class: "standing", role: "status" });
  const place = element("div", { class: "place" });
  fill(document.body, element("header", {}, back, title, status), place);
  let shown: Shown | null = null;
  const name = (text: string): void => {
    setText(title, text);
    document.title = `${text} · flowlab`;
  };
  const show = (): void => {
    shown?.destroy();
    const address = readAddress(location.hash);
    back.hidden = address === null;
    title.classList.toggle("unseen", address !== null); // the panel shows the session's name
    setText(status, "");
    name(address === null ? "Sessions" : "Session");
    shown = open(server, address, name, (words) => setText(status, words));
    fill(place, shown.element);
  };
  addEventListener("hashchange", show);
  show();
}

function open(
  server: Server,
  address: readonly [string, number] | null,
  name: (text: string) => void,
  say: (words: string) => void,
): Shown {
  if (address === null) return createOverview(server, say);
  const [journal, session] = address;
  const named = (text: string): void => name(text === "" ? `Session ${session}` : text);
  return followSession(server, { journal, session, name: named, say });
}

/** A token in the address has done its work: it is neither for the history nor for a screenshot. */
function hideToken(): void {
  const address = new URL(location.href);
  if (!address.searchParams.has("token")) return;
  address.searchParams.delete("token");
  history.replaceState(null, "", address);
}

if (typeof document !== "undefined") start();
