import {
  type LoaderFunctionArgs,
  type MiddlewareFunction,
  type RouterContextProvider,
  type Session as RouterSessionOfReactRouter,
  type SessionStorage,
} from "react-router";
import { expectTypeOf, test } from "vitest";
import { createSessionManager } from "sealed-session";
import { createSealedSessionStorage, createSessionMiddleware, type RouterSession } from "sealed-session/react-router";
import { z } from "zod";
import { SECRET } from "../../support/sessions.js";

const schema = z.object({ cart: z.array(z.string()).default([]), user: z.string().optional() });
const sessions = createSessionManager({ name: "app", keyring: SECRET, schema });
const plain = createSessionManager<{ userId: string }>({ name: "plain", keyring: SECRET });
type Data = z.output<typeof schema>;
type Flash = { notice: string };

test("the storage is one of React Router's", () => {
  const storage = createSealedSessionStorage<typeof sessions, Flash>(sessions);
  expectTypeOf(storage).toExtend<SessionStorage<Data, Flash>>();
  expectTypeOf(createSealedSessionStorage(plain)).toExtend<SessionStorage<{ userId?: string }>>();
  expectTypeOf<RouterSession<Data, Flash>>().toExtend<RouterSessionOfReactRouter<Data, Flash>>();
});

test("keys and values are the manager's, messages those that are named", () => {
  const use = async (): Promise<void> => {
    const { getSession, commitSession } = createSealedSessionStorage<typeof sessions, Flash>(sessions);
    const session = await getSession("");
    expectTypeOf(session.get("cart")).toEqualTypeOf<string[] | undefined>();
    expectTypeOf(session.get("notice")).toEqualTypeOf<string | undefined>();
    expectTypeOf(session.data.cart).toEqualTypeOf<string[]>();
    session.set("user", "ada");
    session.flash("notice", "Saved");
    await session.login("ada", { remember: true });
    // @ts-expect-error a wrong key
    session.get("card");
    // @ts-expect-error a wrong value
    session.set("cart", "apple");
    // @ts-expect-error a message is not stored as a value
    session.set("notice", "Saved");
    // @ts-expect-error nor a value as a message
    session.flash("cart", []);
    // @ts-expect-error a wrong key
    session.unset("card");
    // @ts-expect-error cookie options are the manager's
    await commitSession(session, { maxAge: 60 });
  };
  expectTypeOf(use).toBeFunction();
});

test("without named messages they have the keys of the data, as in React Router", () => {
  const use = async (): Promise<void> => {
    const session = await createSealedSessionStorage(plain).getSession();
    expectTypeOf(session).toEqualTypeOf<RouterSession<{ userId?: string }>>();
    session.flash("userId", "ada");
    // @ts-expect-error a wrong key
    session.flash("notice", "Saved");
  };
  expectTypeOf(use).toBeFunction();
});

test("the middleware is one of React Router's, and its context gives the session", () => {
  const { sessionMiddleware, sessionContext } = createSessionMiddleware<typeof sessions, Flash>(sessions);
  const middleware: MiddlewareFunction<Response>[] = [sessionMiddleware];
  expectTypeOf(middleware).toBeArray();
  const loader = ({ context }: LoaderFunctionArgs<Readonly<RouterContextProvider>>) => {
    const session = context.get(sessionContext);
    expectTypeOf(session).toExtend<RouterSession<Data, Flash>>();
    // @ts-expect-error a wrong key
    return session.get("card");
  };
  expectTypeOf(loader).toBeFunction();
});
