import { Stack } from "@mantine/core";
import { Navigate, useParams } from "@tanstack/react-router";

import { useMay } from "../../api/session";
import { Page } from "../../components/Page";
import { TabLinks } from "../../components/TabLinks";
import { Empty } from "../../components/Waiting";
import { ZoneNote } from "../../components/When";
import { About } from "./About";
import { Account } from "./Account";
import { Keys } from "./Keys";
import { People } from "./People";
import { Retention } from "./Retention";
import { Tokens } from "./Tokens";

const TABS = [
  { name: "", label: "My account", admin: false, shown: <Account /> },
  { name: "people", label: "People", admin: true, shown: <People /> },
  { name: "tokens", label: "API tokens", admin: true, shown: <Tokens /> },
  // they have a page of their own, where everybody sees them
  { name: "alerts", label: "Alerts", admin: false, shown: <Navigate to="/alerts" replace /> },
  { name: "keys", label: "Keys", admin: true, shown: <Keys /> },
  { name: "retention", label: "What is kept", admin: true, shown: <Retention /> },
  { name: "about", label: "About this Instep", admin: false, shown: <About /> },
];

/** Oneself, and for admins who and what may come in and what is kept: each part has its address. */
export function Settings() {
  const { tab = "" } = useParams({ strict: false });
  const { admin } = useMay();
  const open = TABS.filter((each) => admin || !each.admin);
  const chosen = open.find((each) => each.name === tab);
  return (
    <Page title="Settings" tab={chosen && `${chosen.label} · Settings`}>
      <Stack gap="lg">
        <TabLinks
          of="Parts of the settings"
          tabs={open.map(({ name, label }) => ({
            to: name ? `/settings/${name}` : "/settings",
            label,
          }))}
        />
        {chosen ? chosen.shown : <Elsewhere there={TABS.some((each) => each.name === tab)} />}
        <ZoneNote />
      </Stack>
    </Page>
  );
}

function Elsewhere({ there }: { there: boolean }) {
  return there ? (
    <Empty title="This is not for your role">Admins see to it; they give people roles, too.</Empty>
  ) : (
    <Empty title="There is no such setting">It may have been mistyped. The tabs lead to all.</Empty>
  );
}
