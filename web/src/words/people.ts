import type { Schemas } from "../api/client";

type Role = Schemas["SessionState"]["role"];

/** What each role may do, for people. */
export const ROLES: Record<Role, string> = {
  viewer: "Viewer: may look at everything",
  operator: "Operator: may change syncs and flows",
  admin: "Admin: may change everything",
};
