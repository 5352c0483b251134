/** Where one can go: the order is the order of a first day. */
export const PLACES = [
  { to: "/", label: "Home" },
  { to: "/connections", label: "Connections" },
  { to: "/recipes", label: "Recipes" },
  { to: "/syncs", label: "Syncs" },
  { to: "/flows", label: "Flows" },
  { to: "/runs", label: "Runs" },
  { to: "/contacts", label: "Contacts" },
  { to: "/review", label: "Review" },
  { to: "/alerts", label: "Alerts" },
  { to: "/activity", label: "Activity" },
  { to: "/settings", label: "Settings" },
] as const;

const CHANGING = [
  /^\/(syncs|flows)\/new$/,
  /^\/syncs\/[^/]+\/(mapping|rules)$/,
  /^\/flows\/[^/]+\/build$/,
];
const ADMINS = [/^\/connections\/(new|describe|authorised)$/];

/** Return whether a page is only there to change something that this person may not change. */
export function isClosed(path: string, may: { change: boolean; admin: boolean }): boolean {
  const fits = (each: RegExp) => each.test(path);
  return (!may.admin && ADMINS.some(fits)) || (!may.change && CHANGING.some(fits));
}
