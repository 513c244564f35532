/** The reason for this library, to be tried without the page's help. */
export function ByHand() {
  return (
    <section className="card stack" aria-labelledby="by-hand">
      <h2 id="by-hand">Attack it by hand</h2>
      <ol className="hint">
        <li>
          Open the developer tools, find the cookie <code>demo</code> (Application or Storage, Cookies) and copy its
          value.
        </li>
        <li>Sign out. The browser forgets the cookie.</li>
        <li>
          Create the cookie again with the value that you copied, as a thief would, and reload. With most stateless
          sessions you are signed in again. Here the page says that the cookie was refused.
        </li>
      </ol>
    </section>
  );
}
