// What the overview comes to, in the words of Home. No components.
import type { AlertTold } from "../api/alerts";
import type { ConnectionRow, FlowRow, Overview, Quota, SyncRow, Trouble } from "../api/overview";
import type { Tone } from "../components/State";
import { count, formatNumber } from "./format";
import type { Stand } from "./standing";

/** Where to go about something, and what the way there is called. */
export interface Todo {
  label: string;
  to: string;
  search?: Record<string, string>;
}

/** All that is the matter with one sync, flow, connection or channel. */
export interface Matter {
  key: string;
  subject: string;
  todo: Todo;
  /** Since the first of its troubles; null: nobody knows. */
  since: string | null;
  troubles: { trouble: Trouble; alert?: AlertTold }[];
}

const PLACES: Record<string, string> = {
  sync: "/syncs",
  flow: "/flows",
  connection: "/connections",
};

/** Return what is the matter, subject by subject, the oldest first, each trouble with its alert. */
export function mattersOf(told: Pick<Overview, "troubles" | "alerts">): Matter[] {
  const found = new Map<string, Matter>();
  for (const trouble of told.troubles) {
    const key = `${trouble.what} ${trouble.name}`;
    const matter = found.get(key) ?? {
      key,
      subject: trouble.name ? `the ${trouble.what} ${trouble.name}` : `the ${trouble.what}`,
      todo: todoOf(trouble),
      since: trouble.since,
      troubles: [],
    };
    const alert = told.alerts.find((each) => isOf(each, trouble));
    matter.troubles.push({ trouble, alert });
    found.set(key, matter);
  }
  return [...found.values()];
}

const isOf = (alert: AlertTold, trouble: Trouble) =>
  alert.kind === trouble.kind &&
  alert.subject.what === trouble.what &&
  alert.subject.name === trouble.name;

/** Return the alerts of what is no trouble now: it is waited whether that stays so. */
export function overOf(told: Pick<Overview, "troubles" | "alerts">): AlertTold[] {
  return told.alerts.filter((alert) => !told.troubles.some((each) => isOf(alert, each)));
}

/** What to do about a trouble, and where. */
export function todoOf({ kind, what, name }: Pick<Trouble, "kind" | "what" | "name">): Todo {
  if (kind === "review") return { label: "Decide", to: "/review" };
  if (kind === "connection") return { label: "Connect it again", to: `/connections/${name}` };
  if (what === "flow" && (kind === "dead_letter" || kind === "failure")) {
    const search = { kind: "flows", flow: name, states: "dead" };
    return { label: "Look at its failed runs", to: "/runs", search };
  }
  const place = PLACES[what];
  return place
    ? { label: `Look at ${name}`, to: `${place}/${name}` }
    : { label: "Look at the settings", to: "/settings" };
}

export interface Verdict {
  tone: Tone;
  sentence: string;
  since?: string | null;
  todo?: Todo;
}

const TONES: Record<Overview["state"], Tone> = {
  in_step: "good",
  working: "busy",
  paused: "quiet",
  empty: "quiet",
  trouble: "bad",
};

const MILD = new Set(["review", "dead_letter", "quota", "silence"]);

/** Say in one sentence whether everything is in step; if not, what is not, and what to do first. */
export function verdictOf(told: Overview): Verdict {
  if (told.state === "empty") return { tone: "quiet", sentence: "Nothing is kept in step yet." };
  const matters = mattersOf(told);
  const [first] = matters;
  if (!first) return { tone: TONES[told.state], sentence: told.sentence };
  const others = matters.length - 1;
  const more = others > 0 ? ` and ${count(others, "other thing")}` : "";
  const single = first.troubles.length === 1 && others === 0 ? first.troubles[0] : undefined;
  return {
    tone: told.troubles.every((each) => MILD.has(each.kind)) ? "care" : "bad",
    sentence: `Not everything is in step: ${first.subject}${more}${
      single ? `: ${single.trouble.sentence}` : "."
    }`,
    since: first.since,
    todo: others === 0 ? first.todo : undefined,
  };
}

const nameOf = (told: Pick<Overview, "connections">, uses: (each: ConnectionRow) => boolean) =>
  told.connections.find((each) => each.status === "broken" && uses(each))?.name;

/** How a sync stands in a word: never better than the connections it goes by. */
export function syncStand(row: SyncRow, told: Pick<Overview, "connections" | "troubles">): Stand {
  if (row.state === "paused") return { tone: "quiet", word: "Paused" };
  // what stopped for want of a connection is told by its name: that is where to go
  const broken = nameOf(told, ({ name }) => name === row.a || name === row.b);
  if (broken) return { tone: "bad", word: `No way to ${broken}` };
  if (row.state === "halted") return { tone: "bad", word: "Stopped, needs you" };
  if (row.state === "beginning") return { tone: "busy", word: "First run under way" };
  if (isLate("sync", row.name, told)) return { tone: "bad", word: "Behind" };
  if (row.running) return { tone: "busy", word: "Running" };
  if (row.failed > 0) return { tone: "care", word: "Some were refused" };
  if (row.review > 0) return { tone: "care", word: "Needs your decision" };
  if (row.ok_at === null) return { tone: "quiet", word: "Not run yet" };
  return { tone: "good", word: "In step" };
}

const isLate = (what: string, name: string, told: Pick<Overview, "troubles">) =>
  told.troubles.some(
    (each) =>
      each.what === what &&
      each.name === name &&
      (each.kind === "delay" || each.kind === "silence"),
  );

/** How a flow stands in a word. */
export function flowRowStand(
  row: FlowRow,
  told: Pick<Overview, "connections" | "troubles">,
): Stand {
  if (row.state === "draft") return { tone: "quiet", word: "Draft" };
  if (row.state === "paused") {
    const isOurs = row.by_itself && row.failing_since !== null;
    return isOurs ? { tone: "bad", word: "Paused itself" } : { tone: "quiet", word: "Paused" };
  }
  const broken = nameOf(told, ({ flows }) => flows.includes(row.name));
  if (broken) return { tone: "bad", word: `No way to ${broken}` };
  if (row.trigger_problem) return { tone: "care", word: "Cannot look for news" };
  if (isLate("flow", row.name, told)) return { tone: "care", word: "Behind" };
  if (row.failing_since || row.failed > 0) return { tone: "care", word: "On, with failures" };
  return { tone: "good", word: "On" };
}

/** What an app still allows, in a short sentence. */
export function quotaWords(quota: Quota): string {
  if (quota.daily !== null)
    return `${formatNumber(quota.today ?? 0)} of ${formatNumber(quota.daily)} calls left today`;
  return `${count(quota.at_once, "call")} possible at once, no daily limit known`;
}

/** A day of work as a person would sum it up: how much, the busiest hour, what failed. */
export function dayWords(
  done: number[],
  failed: number[],
  from: string,
  hour: Intl.DateTimeFormat,
) {
  const total = done.reduce((sum, each) => sum + each, 0);
  const lost = failed.reduce((sum, each) => sum + each, 0);
  const failures = lost > 0 ? `; ${formatNumber(lost)} failed` : "";
  if (total === 0) return `Nothing done in the last 24 hours${failures}.`;
  const most = Math.max(...done);
  const at = new Date(new Date(from).getTime() + done.indexOf(most) * 3_600_000);
  return `${formatNumber(total)} done in the last 24 hours, the most (${formatNumber(
    most,
  )}) in the hour from ${hour.format(at)}${failures}.`;
}
