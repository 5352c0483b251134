// What is told of a person, in the words people read. No components.
import type { Happening, Kind, PersonField, Spoken, Underway } from "../api/contacts";
import { formatValue } from "./format";
import type { Stand } from "./standing";

export const KINDS = [
  "task",
  "note",
  "appointment",
  "opportunity",
  "conversation",
  "message",
  "change",
] as const satisfies Kind[];

const MANY: Record<Kind, string> = {
  task: "Tasks",
  note: "Notes",
  appointment: "Appointments",
  opportunity: "Opportunities",
  conversation: "Conversations",
  message: "Messages",
  change: "Changes",
};

const ONE: Record<Kind, string> = {
  task: "Task",
  note: "Note",
  appointment: "Appointment",
  opportunity: "Opportunity",
  conversation: "Conversation",
  message: "Message",
  change: "Change",
};

const isKind = (kind: string): kind is Kind => KINDS.some((each) => each === kind);

export const kindsName = (kind: Kind): string => MANY[kind];

export const kindName = (kind: string): string => (isKind(kind) ? ONE[kind] : kind);

/** Read a kind out of an address. */
export const readKind = (value: unknown): Kind | undefined => KINDS.find((each) => each === value);

/** "a", "a and b", "a, b and c". */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

/** Whose word counts for a field, and which way it travels. */
export function decidedBy(field: PersonField): string {
  const [a, b] = field.values.map((each) => each.connection);
  if (field.direction === "to_b") return a ? `${a} decides; it goes one way` : "It goes one way";
  if (field.direction === "to_a") return b ? `${b} decides; it goes one way` : "It goes one way";
  if (field.authority === "newest") return "The newest change wins";
  if (field.authority === "ask") return "You are asked";
  return `${field.authority} decides`;
}

/** Whether the apps say the same, told by a word and not by colour alone. */
export function sameness(field: PersonField): Stand {
  if (field.same === null || field.same === undefined)
    return { tone: "quiet", word: "One app only" };
  return field.same ? { tone: "good", word: "Same" } : { tone: "care", word: "Differs" };
}

const WAITS: Record<string, string> = {
  noticed: "waits for the next run",
  ready: "waits to be sent",
  sending: "is being sent",
  unknown: "was sent, and no answer came yet",
  failed: "was refused",
};

const ended = (sentence: string) => (/[.!?]$/.test(sentence) ? sentence : `${sentence}.`);

/** What is to be written to a field of one app: "Anne waits to be sent." */
export function waitsWord(waits: NonNullable<Spoken["waits"]>): string {
  const how = WAITS[waits.state] ?? waits.state;
  return [`${formatValue(waits.value)} ${how}.`, waits.sentence].filter(Boolean).join(" ");
}

/** Why a field holds what it does: who or what wrote it, over what. */
export function wroteWord(wrote: NonNullable<Spoken["wrote"]>): string {
  const over = wrote.before === null ? "" : ` over ${formatValue(wrote.before)}`;
  return wrote.why ? `${over}: ${ended(wrote.why)}` : `${over}.`;
}

/** Where something is, and what becomes of it elsewhere: "In a; for b it waits to be sent." */
export function whereabouts(each: { connections: string[]; waits: Underway[] }): string {
  const here = `In ${listed(each.connections)}`;
  const ways = each.waits.map(({ connection, state, sentence }) => {
    const how = WAITS[state] ?? state;
    return `for ${connection} it ${how}${sentence ? `: ${sentence.replace(/\.$/, "")}` : ""}`;
  });
  return ended([here, ...ways].join("; "));
}

/** What a happening's state is called; empty where there is nothing to say. */
export function statusWord(each: Happening): string {
  if (each.kind === "task") return each.done ? "Done" : "To do";
  if (each.kind === "change") return "";
  const way = each.direction === "inbound" ? "From them" : each.direction && "To them";
  const unread = each.unread > 0 ? `${each.unread} unread` : "";
  const status = each.status ? each.status.replaceAll("_", " ") : "";
  return [way, status, unread].filter(Boolean).join(", ");
}

/** The text that stands for a value where somebody types a new one: words with commas between. */
export function typedValue(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  return Array.isArray(value) && value.length === 0 ? "" : formatValue(value);
}

/** What an edit would be taken back to; null where nothing was there, as nothing is emptied. */
export function former(field: PersonField): string | null {
  const held = field.values.find((each) => each.connection === field.writes_to);
  const text = typedValue(held?.value);
  return text === "" ? null : text;
}
