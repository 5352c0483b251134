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
  { to: "/activity", label: "Activity" },
  { to: "/settings", label: "Settings" },
] as const;
