import { useMay } from "../api/session";

/** What is offered only to whoever may do it: operators, or (`admin`) admins. */
export function Only({ admin = false, children }: { admin?: boolean; children: React.ReactNode }) {
  const may = useMay();
  return (admin ? may.admin : may.change) ? <>{children}</> : null;
}
