import type { Schemas } from "../api/client";

type Role = Schemas["SessionState"]["role"];

/** What each role may do, for people. */
export const ROLES: Record<Role, string> = {
  viewer: "Viewer: may look at everything",
  operator: "Operator: may change syncs and flows",
  admin: "Admin: may change everything",
};

export const ROLE_CHOICES = Object.entries(ROLES).map(([value, label]) => ({ value, label }));

/** What a token may do, in short: "operator, only to read". */
export function scopeOf(token: { role: Role; read_only: boolean }): string {
  return token.read_only ? `${token.role}, only to read` : token.role;
}
