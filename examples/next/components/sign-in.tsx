import { signIn } from "../app/actions/account";
import type { ReturnPage } from "../lib/return-page";

/** @param props.returnTo the page that one is on */
export function SignIn({ returnTo }: { readonly returnTo: ReturnPage }) {
  return (
    <form action={signIn} className="card stack" aria-labelledby="sign-in">
      <h2 id="sign-in">Sign in</h2>
      <input type="hidden" name="from" value={returnTo} />
      <label className="stack tight">
        Name
        <input name="name" required maxLength={40} autoComplete="nickname" placeholder="Ann" />
      </label>
      <label className="check">
        <input type="checkbox" name="remember" /> Stay signed in
      </label>
      <label className="check">
        <input type="checkbox" name="short" /> Sign me out after 20 idle seconds
      </label>
      <button className="primary">Sign in</button>
      <p className="hint">No password: any name will do. The cart you filled as a guest comes along.</p>
    </form>
  );
}
