// Entries of the audit log in the words people read.
import type { Entry, EntryChange } from "../api/activity";
import { count, formatEvery, formatMoment, formatValue } from "./format";
import { fieldName } from "./names";

const WHOLE: Record<string, string> = {
  "sign in": "Signed in",
  "session sign out": "Signed out",
  "session end session": "Ended a session",
  "session change password": "Changed their password",
  "use a link for setup": "Became the first user",
  "use a link for invitation": "Came in by an invitation",
  "use a link for sign in": "Signed in by a link",
  "retention set days": "Set for how long things are kept",
  "retention set": "Set for how long things are kept",
  "keys reseal": "Sealed secrets with the newest key",
  "keys forget": "Took older keys away",
};

const VERBS: Record<string, string> = {
  pause: "Paused",
  release: "Let go on:",
  run: "Asked for a run:",
  publish: "Published",
  preview: "Previewed",
  invite: "Invited",
  revoke: "Revoked",
  replay: "Did again:",
};

/** A kind of object as people call it: "API token". */
export function nounName(noun: string): string {
  return noun === "token" ? "API token" : noun;
}

/** Who did it: whoever has the token file of the machine has no name of their own. */
export function actorName(name: string): string {
  return name === "api" ? "a program on this machine" : name;
}

/** What somebody did, in one line: "Paused the sync people". */
export function entrySaid(entry: Entry): string {
  const whole = WHOLE[entry.act];
  if (whole) return whole;
  const verb = VERBS[entry.act.split(" ").at(-1) ?? ""] ?? verbOf(entry.changes[0]);
  const name = entry.object ? ` ${entry.object}` : "";
  return `${verb} the ${nounName(entry.noun)}${name}`;
}

function verbOf(change: EntryChange | undefined): string {
  if (!change || change.rows != null) return "Worked on";
  if (change.before == null) return "Made";
  return change.after == null ? "Took away" : "Changed";
}

/** What an object's change is called: "The sync people was changed". */
export function changeSaid(change: EntryChange): string {
  if (change.more != null) return `and ${count(change.more, "more object")}`;
  const noun = nounName(change.noun ?? "object");
  if (change.rows != null) return `${count(change.rows, noun)}`;
  const what = { Made: "was made", "Took away": "was taken away" }[verbOf(change)] ?? "was changed";
  return `The ${noun}${change.name ? ` ${change.name}` : ""} ${what}`;
}

/** One field before and after; null where there was nothing. */
export interface Difference {
  field: string;
  before: string | null;
  after: string | null;
}

type Leaves = Map<string, unknown>;

/** What differs, field by field; what lies inside of objects and lists stands by its place there. */
export function differences(change: EntryChange): Difference[] {
  const [before, after] = [leaves(change.before), leaves(change.after)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((field) => ({
      field,
      before: change.before == null ? null : told(field, before),
      after: change.after == null ? null : told(field, after),
    }))
    .filter((each) => each.before !== each.after && !isNothing(each));
}

const isNothing = ({ before, after }: Difference) =>
  (before ?? "empty") === "empty" && (after ?? "empty") === "empty";

function told(field: string, values: Leaves): string {
  const value = values.get(field);
  if (field === HOW_OFTEN && typeof value === "number") return formatEvery(value);
  const isMoment = field.endsWith(" at") && typeof value === "number" && value > 0;
  return isMoment ? formatMoment(new Date(value).toISOString()) : formatValue(value);
}

function leaves(value: unknown, path: string[] = [], found: Leaves = new Map()): Leaves {
  if (Array.isArray(value) && value.some(isObject)) {
    value.forEach((each, at) => leaves(each, [...path, String(at + 1)], found));
  } else if (isObject(value)) {
    for (const [name, each] of Object.entries(value)) leaves(each, [...path, name], found);
  } else if (path.length > 0) {
    found.set(path.map(labelOf).join(" · "), value);
  }
  return found;
}

const HOW_OFTEN = "How often";

const labelOf = (name: string) => (name === "every_seconds" ? HOW_OFTEN : fieldName(name));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Names of the fields that differ, for a table's cell; no more than some of them. */
export function changedFields(entry: Entry, most = 4): string {
  const names = entry.changes
    .filter((each) => each.before != null && each.after != null)
    .flatMap((each) => differences(each).map(({ field }) => field));
  const shown = [...new Set(names)];
  const rest = shown.length - most;
  return shown.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
