import { useQuery } from "@tanstack/react-query";
import { useLocation } from "@tanstack/react-router";

import { session } from "../api/session";
import { Failed, Loading } from "../components/Waiting";
import { SignIn } from "../pages/door/SignIn";
import { Welcome } from "../pages/door/Welcome";
import { Frame } from "./Frame";

/**
 * Whoever is not signed in is asked to, at the address they wanted: once they are, it is there.
 */
export function Door() {
  const query = useQuery(session);
  const { pathname } = useLocation();
  if (pathname === "/welcome") return <Welcome />;
  if (query.data) return <Frame />;
  if (query.data === null) return <SignIn />;
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />;
  return <Loading what="who is signed in" />;
}
