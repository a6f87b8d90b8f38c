import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RoomClient } from "./room_client.ts";

const ANSWER = { acknowledged: [0], conflicts: [], epoch: 1, saved_to_s: null };

let server: Server;
let client: RoomClient;
let reply: { status: number; body: string; location?: string };
let asked: { path: string | undefined; token: unknown; body: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part) => {
      body += String(part);
    });
    request.on("end", () => {
      asked = { path: request.url, token: request.headers["x-csrftoken"], body };
      response.writeHead(reply.status, reply.location ? { Location: reply.location } : {});
      response.end(reply.body);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  client = new RoomClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}/room/sittings/x`, "token");
});

afterAll(() => server.close());

test.each([
  [200, JSON.stringify(ANSWER), { kind: "answer", answer: ANSWER }],
  [200, "<html>log in to the hotel</html>", { kind: "unreachable" }],
  [409, '{"code":"closed"}', { kind: "ended", end: "closed" }],
  [409, '{"code":"void"}', { kind: "ended", end: "void" }],
  [404, '{"code":"not-found"}', { kind: "ended", end: "not-found" }],
  [409, '{"code":"other"}', { kind: "unreachable" }],
  [400, '{"code":"malformed"}', { kind: "unfit" }],
  [413, "", { kind: "unfit" }],
  [403, "", { kind: "refused" }],
  [404, "", { kind: "refused" }],
  [503, "", { kind: "unreachable" }],
  [507, "", { kind: "unreachable" }],
])("records answered with %d %s", async (status, body, outcome) => {
  reply = { status, body };
  expect(await client.send('{"records":[]}')).toEqual(outcome);
  expect(asked).toEqual({ path: "/room/sittings/x/records", token: "token", body: '{"records":[]}' });
});

test("a redirect, say to a log-in page, is never followed", async () => {
  reply = { status: 302, body: "", location: "/sign-in" };
  expect(await client.send("{}")).toEqual({ kind: "unreachable" });
});

test("a finished sitting leads on only within this server", async () => {
  reply = { status: 200, body: '{"next":"/room/thanks"}' };
  expect(await client.finish("a", 3)).toEqual({ kind: "finished", next: "/room/thanks" });
  for (const next of ["//elsewhere.example", "https://elsewhere.example", "javascript:alert(1)"]) {
    reply = { status: 200, body: JSON.stringify({ next }) };
    expect(await client.finish("a", 3)).toEqual({ kind: "again" });
  }
  reply = { status: 409, body: '{"code":"records-missing","missing":2}' };
  expect(await client.finish("a", 3)).toEqual({ kind: "missing", missing: 2 });
});

test.each([
  [409, "closed"],
  [409, "void"],
  [404, "not-found"],
])("a sitting that ended (%d %s) is handed in and opened no more", async (status, code) => {
  reply = { status, body: JSON.stringify({ code }) };
  expect(await client.finish("a", 3)).toEqual({ kind: "ended", end: code });
  expect(await client.open("a", false)).toBe(code);
  reply = { status: 503, body: JSON.stringify({ code }) };
  expect(await client.finish("a", 3)).toEqual({ kind: "again" });
  expect(await client.open("a", false)).toBeNull();
});

test("a stream is opened, elsewhere, or to be asked for again", async () => {
  reply = { status: 200, body: '{"epoch":2,"resume":null}' };
  expect(await client.open("a", false)).toEqual({ epoch: 2, resume: null });
  reply = { status: 409, body: '{"code":"elsewhere"}' };
  expect(await client.open("a", false)).toBe("elsewhere");
  reply = { status: 500, body: "" };
  expect(await client.open("a", false)).toBeNull();
});
