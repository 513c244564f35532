import { signIn } from "../app/actions/account";

export function SignIn() {
  return (
    <form action={signIn} className="card stack" aria-labelledby="sign-in">
      <h2 id="sign-in">Sign in</h2>
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
