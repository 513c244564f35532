export default function SignInPage() {
  return <p>Sign in, please.</p>;
}
