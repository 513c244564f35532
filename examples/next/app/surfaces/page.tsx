import type { Metadata } from "next";
import { Shell } from "../../components/shell";
import { SurfaceTable } from "../../components/surface-table";
import { getSession } from "../../lib/session";
import { sightingOf } from "../../lib/sighting";
import { look } from "../actions/look";

export const metadata: Metadata = { title: "Every surface" };

export default async function SurfacesPage() {
  return (
    <Shell at="/surfaces">
      <h1>Every surface</h1>
      <p className="hint intro">
        Next.js runs up to four copies of a library in one process. All of them must see the same session, and refuse
        the same one after a sign-out.
      </p>
      <SurfaceTable component={sightingOf(await getSession())} look={look} />
    </Shell>
  );
}
