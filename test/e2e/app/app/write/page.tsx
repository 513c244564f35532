import { getSession } from "../../lib/session";

/** Every way of writing to a session that there is, in a component. */
export default async function WritePage() {
  const session = await getSession();
  const attempts: Record<string, () => unknown> = {
    "data.notes.push": () => session.data.notes.push("written in a component"),
    "data.notes =": () => (session.data.notes = []),
    "data =": () => (session.data = { notes: [] }),
    set: () => session.set("notes", []),
    delete: () => session.delete("notes"),
    clear: () => session.clear(),
    flash: () => session.flash("notice", "written in a component"),
    save: () => session.save(),
    login: () => session.login("ann"),
    regenerate: () => session.regenerate(),
    revokeOthers: () => session.revokeOthers(),
    destroy: () => session.destroy(),
  };
  const outcomes: Record<string, unknown> = {};
  for (const [name, attempt] of Object.entries(attempts)) {
    try {
      await attempt();
      outcomes[name] = "written";
    } catch (error) {
      const { name: kind, message } = error as Error;
      outcomes[name] = { kind, code: (error as { code?: unknown }).code, message };
    }
  }
  return (
    <>
      <script id="outcomes" type="application/json" dangerouslySetInnerHTML={{ __html: JSON.stringify(outcomes) }} />
      <p id="notes">{session.data.notes.join(",")}</p>
    </>
  );
}
