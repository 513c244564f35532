import type { DirectoryStore, SignInPage, StoredSignIn } from "../directory.js";
import type { Conversation } from "./conversation.js";
import { COUNT, FIND, SIGN_INS_OF, TOUCH } from "./scripts/directory-operations.js";
import { decode, encode } from "./text.js";

/** The directory beside a list. */
export function redisDirectory(conversation: Conversation): DirectoryStore {
  return {
    async touch(sid, { seenAt, until }) {
      await conversation.ask(TOUCH, [encode(sid), String(seenAt), String(until)], true);
    },
    async list({ subject = "", after, limit = 1_000 } = {}): Promise<SignInPage> {
      const signIns: StoredSignIn[] = [];
      // One more than asked for tells whether there is a next page: what comes after may all have ended.
      let place = placeOf(after);
      do {
        const wanted = String(limit + 1 - signIns.length);
        const { rest } = await conversation.ask(SIGN_INS_OF, [encode(subject), place, wanted], true);
        const [next = "", ...texts] = rest;
        for (let i = 0; i + 1 < texts.length; i += 2)
          signIns.push(signInOf(texts[i] as string, texts[i + 1] as string));
        place = next;
      } while (place !== "" && signIns.length <= limit);
      const page = signIns.slice(0, limit);
      const last = page.at(-1);
      return { signIns: page, ...(signIns.length > limit && last && { cursor: cursorOf(last) }) };
    },
    async find(id) {
      const { rest } = await conversation.ask(FIND, [encode(id)], true);
      return rest[0] ? signInOf(encode(id), rest[0]) : undefined;
    },
    async count(subject = "") {
      let total = 0;
      let place = "";
      do {
        const { rest } = await conversation.ask(COUNT, [encode(subject), place], true);
        const [next = "", count] = rest;
        total += Number(count);
        place = next;
      } while (place !== "");
      return total;
    },
  };
}

function signInOf(id: string, text: string): StoredSignIn {
  const [sid = "", subject = "", created, seen, until, , , label] = text.split("\n");
  return {
    id: decode(id),
    sid: decode(sid),
    subject: decode(subject),
    createdAt: Number(created),
    seenAt: Number(seen),
    until: Number(until),
    // The character before it says that there is one: it may be empty.
    ...(label && { label: decode(label.slice(1)) }),
  };
}

/** Where a sign-in stands among the others: as the scripts write it, but as text that may be in a link. */
function cursorOf({ subject, createdAt, id }: StoredSignIn): string {
  return [encode(subject), String(createdAt).padStart(15, "0"), encode(id)].map(encodeURIComponent).join(".0.");
}

function placeOf(cursor: string | undefined): string {
  const parts = cursor?.split(".0.") ?? [];
  try {
    return parts.length === 3 ? parts.map(decodeURIComponent).join("\0") : "";
  } catch {
    return "";
  }
}
