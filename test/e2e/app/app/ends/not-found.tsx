export default function EndsNotFound() {
  return <p id="missing">nothing here</p>;
}
