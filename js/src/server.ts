/** The dashboard's server, by addresses relative to the page: it may stand below any base_url. */

import type { Listing } from "./listing.ts";
import type { Wire } from "./socket.ts";

export const LOGGED_OUT = "The server asks for a login: load this page again.";
export const GONE = "There is no such journal any longer.";

export interface Server {
  /** Begin to open a websocket. */
  open(path: string): Wire;
  /** Remove the journal of a client that is over; an error says why it stays. */
  remove(journal: string): Promise<void>;
  /** Why nothing comes from this path, in words; null when it would, or when nobody answers. */
  refusal(path: string): Promise<string | null>;
}

/** The path of a journal; a session's frames lie below it. */
export function pathOf(journal: string): string {
  return `api/sessions/${encodeURIComponent(journal)}`;
}

/** `page` is the address of the page, `cookies` what document.cookie says, asked anew each time. */
export function createServer(page: string, cookies: () => string): Server {
  const address = (path: string): URL => addressOf(page, path);
  return {
    open: (path) => new WebSocket(socketAddress(address(path))),
    async remove(journal) {
      const answer = await fetch(address(pathOf(journal)), {
        method: "DELETE",
        headers: { "X-XSRFToken": xsrfOf(cookies()) },
      });
      if (!answer.ok) throw new Error(await reasonOf(answer));
    },
    async refusal(path) {
      try {
        const { status } = await fetch(address(path));
        return status === 403 ? LOGGED_OUT : status === 404 ? GONE : null;
      } catch {
        return null; // the server is gone, or the network
      }
    },
  };
}

/** Where a path of ours lies, seen from the page. */
export function addressOf(page: string, path: string): URL {
  return new URL(`flowlab/${path}`, page);
}

/** The address of a websocket that stands where a page would. */
export function socketAddress(page: URL): string {
  const found = new URL(page);
  found.protocol = found.protocol === "https:" ? "wss:" : "ws:";
  return found.href;
}

/** The token that says that a request comes from our own page. */
export function xsrfOf(cookies: string): string {
  for (const each of cookies.split("; ")) {
    if (each.startsWith("_xsrf=")) return decodeURIComponent(each.slice("_xsrf=".length));
  }
  return "";
}

/** Whether a message is the list of sessions. */
export function isListing(message: unknown): message is Listing {
  return typeof message === "object" && message !== null && "journals" in message;
}

async function reasonOf(answer: Response): Promise<string> {
  const said: unknown = await answer.json().catch(() => null);
  const message =
    typeof said === "object" && said !== null && "message" in said ? said.message : "";
  return typeof message === "string" && message !== ""
    ? message
    : `the server said ${answer.status}`;
}
