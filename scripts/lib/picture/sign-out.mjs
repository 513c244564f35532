import { drawTerminals } from "./draw.mjs";
import { play } from "./play.mjs";

/** The picture of a copied cookie that is used after the sign-out, drawn from commands that are run for it. */
export async function signOutPicture() {
  const panes = await play();
  const verdicts = panes.map(({ lines }) => (lines.at(-1).output.endsWith("(401)") ? "good" : "bad"));
  return drawTerminals(panes, { title: "A cookie that was copied, used after the sign-out", verdicts });
}
