/** Addresses of the server, below any base_url, and the token of its own page. */

import assert from "node:assert/strict";
import { createServer as listen } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";

import {
  addressOf,
  createServer,
  GONE,
  isListing,
  LOGGED_OUT,
  pathOf,
  socketAddress,
  xsrfOf,
} from "./server.ts";

test("addresses stand below the page's own", () => {
  const hub = addressOf("https://hub/user/a@b/flowlab?x#/j/1", "api/events");
  assert.equal(socketAddress(hub), "wss://hub/user/a@b/flowlab/api/events");
  const plain = addressOf("http://127.0.0.1:8888/flowlab", "api/events");
  assert.equal(socketAddress(plain), "ws://127.0.0.1:8888/flowlab/api/events");
});

test("a journal's name is one part of the address, whatever it holds", () => {
  assert.equal(pathOf("20260101-1-a"), "api/sessions/20260101-1-a");
  assert.equal(pathOf("../x?y#z"), "api/sessions/..%2Fx%3Fy%23z");
});

test("the token is found among the cookies", () => {
  assert.equal(xsrfOf("a=1; _xsrf=2%7Cabc; username=x"), "2|abc");
  assert.equal(xsrfOf("not_xsrf=1"), "");
});

test("only a list is taken for one", () => {
  assert.ok(isListing({ type: "Listing", journals: [] }));
  for (const other of [null, 3, "journals", {}, []]) assert.ok(!isListing(other));
});

test("the server is asked, removes with the token, and says why it does not", async () => {
  const asked: unknown[] = [];
  const answers = [204, 409, 500, 200, 403, 404];
  const real = listen((request, response) => {
    asked.push([request.method, request.url, request.headers["x-xsrftoken"]]);
    const status = answers.shift() ?? 200;
    response.writeHead(status);
    response.end(status === 409 ? '{"message":"it is alive"}' : undefined);
  });
  await new Promise<void>((ready) => real.listen(0, "127.0.0.1", ready));
  const page = `http://127.0.0.1:${(real.address() as AddressInfo).port}/base/flowlab`;
  const server = createServer(page, () => "_xsrf=abc");
  await server.remove("j 1");
  assert.deepEqual(asked, [["DELETE", "/base/flowlab/api/sessions/j%201", "abc"]]);
  await assert.rejects(server.remove("j"), /it is alive/);
  await assert.rejects(server.remove("j"), /the server said 500/);
  const said = [];
  for (let i = 0; i < 3; i += 1) said.push(await server.refusal("api/sessions"));
  assert.deepEqual(said, [null, LOGGED_OUT, GONE]);
  real.closeAllConnections();
  await new Promise((closed) => real.close(closed));
  assert.equal(await server.refusal("api/sessions"), null);
});
