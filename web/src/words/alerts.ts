// Alerts, their rules and channels in the words people read. No components.
import type { AlertTold, Rule } from "../api/alerts";

export const TROUBLES: Record<Rule["kind"], { name: string; about: string }> = {
  failure: {
    name: "Something fails",
    about: "A sync, the webhooks of a connection or a channel cannot go on.",
  },
  dead_letter: { name: "Something was given up", about: "Writes or webhooks were given up on." },
  delay: { name: "Something is behind", about: "Changes wait for longer than they should." },
  brake: { name: "A brake stopped a sync", about: "A run would have changed too much at once." },
  quota: { name: "Few calls are left", about: "What an app allows in a day is nearly used up." },
  connection: { name: "A connection is broken", about: "An app does not let Instep in any more." },
  silence: { name: "A trigger is silent", about: "A trigger of a flow has heard nothing." },
};

const FROM: Record<string, [string, string]> = {
  minutes: ["from", "minutes on"],
  percent: ["below", "percent left"],
  hours: ["after", "hours without a word"],
};

/** What a threshold says around its number: "from 30 minutes on". */
export function thresholdWords(unit: string): [string, string] {
  return FROM[unit] ?? ["from", `${unit} on`];
}

export const DELIVERS: Record<Rule["deliver"], string> = {
  at_once: "at once",
  hourly: "once an hour",
  daily: "once a day",
};

/** When and to whom a rule tells its trouble, in one sentence. */
export function ruleTold(rule: Rule): string {
  if (!rule.on) return "It is not told.";
  const when =
    rule.deliver === "daily" ? `once a day at ${rule.at} (${rule.zone})` : DELIVERS[rule.deliver];
  const whom = rule.channels.length ? rule.channels.join(", ") : "every channel";
  const hours = rule.remind_hours === 1 ? "hour" : `${rule.remind_hours} hours`;
  const again = rule.remind_hours > 0 ? `, again every ${hours} while it lasts` : "";
  return `It is told to ${whom} ${when}${again}, and once more when it is over.`;
}

/** Where what is in trouble is shown; nowhere for what has no page of its own. */
export function placeOf({ subject }: Pick<AlertTold, "subject">): string | undefined {
  const name = encodeURIComponent(subject.name);
  const places: Record<string, string> = {
    sync: `/syncs/${name}`,
    flow: `/flows/${name}`,
    connection: `/connections/${name}`,
  };
  return places[subject.what];
}

export const KINDS: Record<string, string> = {
  email: "E-mail",
  slack: "Slack",
  webhook: "Webhook",
  apprise: "Anything apprise reaches",
};

const SETTINGS: Record<string, string> = {
  url: "Address",
  host: "Mail server",
  from: "From",
  to: "To",
  port: "Port",
  security: "Security",
  user: "User",
  password: "Password",
  signing_secret: "Signing secret",
};

export const settingName = (name: string) => SETTINGS[name] ?? name.replaceAll("_", " ");

/** Settings that are not shown while they are typed. */
export const isHidden = (name: string) => name === "password" || name === "signing_secret";
