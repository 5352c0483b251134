// What the parts of a flow are called. No components.
import type { Piece } from "../../../canvas/edits";
import type { Step, Trigger } from "../../../canvas/flow";
import { count } from "../../../words/format";
import { fieldName } from "../../../words/names";

/** The kinds of steps as the palette shows them; actions are found by what they call. */
export const KINDS: (Piece & { says: string })[] = [
  { kind: "filter", title: "Filter", says: "Go on only if conditions hold." },
  { kind: "branch", title: "Branch", says: "Take one of several ways." },
  { kind: "for_each", title: "For each", says: "Do steps for each item of a list." },
  { kind: "delay", title: "Wait", says: "Wait for a time." },
  { kind: "set_values", title: "Set values", says: "Work values out for later steps." },
  { kind: "sync_now", title: "Run a sync", says: "Ask a sync for a run." },
  { kind: "action", title: "Action", says: "Do something in an app." },
];

export const kindName = (kind: string) =>
  KINDS.find((each) => each.kind === kind)?.title ?? fieldName(kind);

export const TRIGGERS = [
  { value: "event", label: "An app tells that something happened" },
  { value: "poll", label: "Instep looks for what is new" },
  { value: "schedule", label: "A timetable" },
  { value: "bridge", label: "Somebody posts to its own address" },
  { value: "manual", label: "A person starts it" },
];

/** `contacts.create_task` → "Contacts: create task". */
export function operationName(name: string): string {
  const [subject = "", ...rest] = name.split(".");
  const verb = rest.join(" ").replaceAll("_", " ");
  return verb ? `${fieldName(subject)}: ${verb}` : fieldName(subject);
}

export function stepTitle(step: Step): string {
  if (step.title) return step.title;
  if (step.kind === "action" && step.operation) return operationName(String(step.operation));
  return kindName(step.kind);
}

export function stepSays(step: Step): string {
  switch (step.kind) {
    case "action":
      return String(step.connection || "No connection chosen");
    case "for_each":
      return String(step.items || "No list chosen");
    case "delay":
      return waitWords(step);
    case "sync_now":
      return String(step.sync || "No sync chosen");
    case "set_values":
      return Object.keys((step.values as object | undefined) ?? {}).join(", ");
    default:
      return conditionWords(step.where);
  }
}

export const UNITS = [
  { value: "1", label: "seconds" },
  { value: "60", label: "minutes" },
  { value: "3600", label: "hours" },
  { value: "86400", label: "days" },
];

/** The largest unit that a number of seconds is whole in. */
export const unitOf = (seconds: number) =>
  UNITS.findLast((each) => seconds > 0 && seconds % Number(each.value) === 0) ?? {
    value: "1",
    label: "seconds",
  };

export const waitWords = (step: Step) =>
  step.until ? `until ${String(step.until)}` : waitOf(Number(step.seconds ?? 0));

function waitOf(seconds: number): string {
  const unit = unitOf(seconds);
  return count(seconds / Number(unit.value), unit.label.slice(0, -1), unit.label);
}

interface Condition {
  field?: string;
  operator?: string;
  value?: unknown;
  all?: Condition[];
  any?: Condition[];
}

const rowsOf = ({ all, any }: Condition) => all ?? any;

function conditionWords(where: unknown): string {
  const rows = rowsOf((where ?? {}) as Condition) ?? [];
  if (!rows[0]) return "";
  const more = rows.length > 1 ? ` (and ${rows.length - 1} more)` : "";
  return `${rowWords(rows[0])}${more}`;
}

function rowWords({ field, operator = "eq", value }: Condition): string {
  const named = OPERATORS.find((each) => each.value === operator);
  const said = Array.isArray(value) ? value.join(", ") : value;
  const isEmpty = operator === "exists" && value === false;
  const how = isEmpty ? "is empty" : (named?.label ?? operator);
  const beside = named?.takes === "flag" || named?.takes === "nothing" ? "" : String(said ?? "");
  return [field, how, beside].filter(Boolean).join(" ");
}

/** Conditions with all their rows; groups within stand in brackets. */
export function allConditions(where: unknown): string {
  if (typeof where !== "object" || where === null) return "";
  const group = where as Condition;
  const rows = rowsOf(group);
  if (!rows) return rowWords(group);
  const said = rows.map((each) => (rowsOf(each) ? `(${allConditions(each)})` : rowWords(each)));
  return said.join(group.all ? " and " : " or ");
}

export function triggerTitle(trigger: Trigger): string {
  if (trigger.kind === "event" && trigger.event) return String(trigger.event);
  if (trigger.kind === "poll" && trigger.operation) return operationName(String(trigger.operation));
  return TRIGGERS.find((each) => each.value === trigger.kind)?.label ?? trigger.kind;
}

/** `takes` says what stands beside the operator: one value, several, a length of time, none. */
export const OPERATORS = [
  { value: "eq", label: "is", takes: "one" },
  { value: "not", label: "is not", takes: "one" },
  { value: "contains", label: "contains", takes: "one" },
  { value: "not_contains", label: "does not contain", takes: "one" },
  { value: "starts_with", label: "starts with", takes: "one" },
  { value: "ends_with", label: "ends with", takes: "one" },
  { value: "in", label: "is one of", takes: "several" },
  { value: "exists", label: "is filled", takes: "flag" },
  { value: "has_any", label: "has any of", takes: "several" },
  { value: "has_all", label: "has all of", takes: "several" },
  { value: "greater", label: "is greater than", takes: "one" },
  { value: "less", label: "is less than", takes: "one" },
  { value: "at_least", label: "is at least", takes: "one" },
  { value: "at_most", label: "is at most", takes: "one" },
  { value: "before", label: "is before", takes: "one" },
  { value: "after", label: "is after", takes: "one" },
  { value: "within_last", label: "is within the last", takes: "length" },
  { value: "within_next", label: "is within the next", takes: "length" },
  { value: "changed", label: "changed", takes: "nothing" },
  { value: "changed_to", label: "changed to", takes: "one" },
];

export const PRESETS = [
  { value: "0 * * * *", label: "Every hour" },
  { value: "0 9 * * *", label: "Every day at 9:00" },
  { value: "0 9 * * 1-5", label: "Monday to Friday at 9:00" },
  { value: "0 9 * * 1", label: "Every Monday at 9:00" },
  { value: "0 9 1 * *", label: "On the first of each month at 9:00" },
];

export const THEN = [
  { value: "dead_letter", label: "The run stops and is kept, to be done again" },
  { value: "stop", label: "The run stops" },
  { value: "go_on", label: "The next step follows" },
];

export const UNKNOWN = [
  { value: "ask", label: "A person is asked" },
  { value: "repeat", label: "It is done again, perhaps twice" },
  { value: "go_on", label: "The next step follows" },
];

export const EMITS = [
  { value: "new_and_changed", label: "what is new or changed" },
  { value: "new", label: "what is new" },
];

export const FIRST = [
  { value: "nothing", label: "starts nothing" },
  { value: "everything", label: "starts a run each" },
];

/** A sample value in one short line. */
export function shortly(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
