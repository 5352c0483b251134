// The apps that can be connected, for somebody who chooses one. No components.
import type { Connector } from "../api/connections";
import { listed } from "./contacts";
import { recordsOf } from "./names";

type App = Pick<Connector, "name" | "title" | "records" | "missing">;

const ABOUT: Record<string, string> = {
  bridge: "Any app that can send what happened there to an address",
  csv: "Rows of a spreadsheet, in and out",
};

/** What an app is for, in a line: what can be kept in step with it. */
export function appAbout(app: App): string {
  if (app.missing.length > 0) return "Has to be described first";
  const kinds = listed(app.records.map(recordsOf));
  return ABOUT[app.name] ?? kinds.charAt(0).toUpperCase() + kinds.slice(1);
}

const rank = (app: App) => (app.name === "gohighlevel" ? 0 : app.missing.length > 0 ? 2 : 1);

/** GoHighLevel first, which everybody needs; last, what has to be described before it works. */
export const byUse = (one: App, other: App): number =>
  rank(one) - rank(other) || one.title.localeCompare(other.title);
