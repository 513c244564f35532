import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Link, openLink } from "./support/proxy.mjs";
import { until } from "./support/wait.mjs";

/** Long enough that what must not arrive would have. */
const A_WHILE = 60;

let store: Server;
let link: Link;
let heard: string;
const open: Socket[] = [];

/** Answers every chunk with itself. */
beforeEach(async () => {
  heard = "";
  store = createServer((socket) => {
    open.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      heard += bytes.toString();
      socket.write(bytes);
    });
  }).listen(0, "127.0.0.1");
  await once(store, "listening");
  link = await openLink({ port: (store.address() as AddressInfo).port });
});

afterEach(async () => {
  await link.close();
  for (const socket of open.splice(0)) socket.destroy();
  store.close();
});

interface Caller {
  readonly socket: Socket;
  received: string;
  broken: boolean;
}

async function call(): Promise<Caller> {
  const socket = connect(link.port, "127.0.0.1");
  const caller: Caller = { socket, received: "", broken: false };
  socket.on("data", (bytes) => (caller.received += bytes.toString()));
  socket.on("error", () => (caller.broken = true));
  socket.on("close", () => (caller.broken = true));
  open.push(socket);
  await once(socket, "connect");
  return caller;
}

describe("a link of the proxy", () => {
  test("delivers in order, however the delays come out", async () => {
    const delays = [40, 0, 20, 0];
    link.set("test", { delay: (way) => (way === "up" ? () => delays.pop() ?? 0 : () => 0) });
    const caller = await call();
    for (const letter of "abcd") {
      caller.socket.write(letter);
      await pause(2);
    }
    await until("all of it arrived", () => caller.received === "abcd");
    expect(link.idle()).toBe(true);
  });

  test("delays each connection by its own delay, so that one overtakes another", async () => {
    let first = true;
    link.set("test", {
      delay: (way) => {
        const ms = way === "up" && first ? 100_000 : 0;
        if (way === "up") first = false;
        return () => ms;
      },
    });
    const [slow, fast] = [await call(), await call()];
    await until("both are there", () => link.size === 2);
    slow.socket.write("slow ");
    fast.socket.write("fast ");
    await until("the second one was answered", () => fast.received === "fast ");
    expect(slow.received).toBe("");
    expect(link.idle()).toBe(false);
    link.heal("test");
    await until("the first one was", () => slow.received === "slow ");
    expect(heard).toBe("fast slow ");
  });

  test.each(["up", "down"] as const)("holds what goes %s, and lets it go", async (way) => {
    const caller = await call();
    link.set("test", { held: new Set([way]) });
    caller.socket.write("question");
    if (way === "down") await until("it was heard", () => heard === "question");
    await pause(A_WHILE);
    expect({ heard, received: caller.received }).toEqual({ heard: way === "up" ? "" : "question", received: "" });
    link.heal();
    await until("it was answered", () => caller.received === "question");
  });

  test("loses everything from some byte on, and resets the connection in the end", async () => {
    const caller = await call();
    caller.socket.write("before ");
    await until("it was answered", () => caller.received === "before ");
    link.set("test", { swallowed: new Set(["up"]) });
    caller.socket.write("lost ");
    await pause(A_WHILE);
    expect([heard, caller.broken]).toEqual(["before ", false]);
    link.heal("test");
    await until("the connection broke", () => caller.broken);
    expect(heard).toBe("before ");
  });

  test("keeps a connection that lost nothing", async () => {
    const caller = await call();
    link.set("test", { swallowed: new Set(["up"]) });
    link.heal("test");
    caller.socket.write("after");
    await until("it was answered", () => caller.received === "after");
  });

  test("cuts connections; what is under way to the store arrives all the same", async () => {
    const [one, other] = [await call(), await call()];
    await until("both are there", () => link.size === 2);
    link.set("test", { held: new Set(["up"]) });
    one.socket.write("last words");
    await until("it is under way", () => !link.idle());
    link.cut(() => 0);
    await until("one is cut", () => one.broken);
    expect(other.broken).toBe(false);
    link.heal("test");
    await until("it was heard", () => heard === "last words");
    link.cut();
    await until("the other one is, too", () => other.broken);
  });

  test("resets new connections at once while it refuses them", async () => {
    link.set("test", { refused: true });
    const caller = await call().catch(() => undefined);
    if (caller) await until("it is reset", () => caller.broken);
    link.heal("test");
    const next = await call();
    next.socket.write("hello");
    await until("it was answered", () => next.received === "hello");
  });

  test("undoes only the trouble of the one who asks", async () => {
    link.set("one", { held: new Set(["up"]) });
    link.set("other", { held: new Set(["up"]) });
    const caller = await call();
    caller.socket.write("question");
    link.heal("other");
    await pause(A_WHILE);
    expect(heard).toBe("");
    link.heal("one");
    await until("it was answered", () => caller.received === "question");
  });
});
