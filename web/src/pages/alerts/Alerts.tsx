import { SegmentedControl, Stack } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { Page } from "../../components/Page";
import { ZoneNote } from "../../components/When";
import { Channels } from "./Channels";
import { Now } from "./Now";
import { Past } from "./Past";
import { Rules } from "./Rules";
import { readAlertSearch, type AlertTab } from "./search";

const TABS: { value: AlertTab; label: string }[] = [
  { value: "now", label: "Now" },
  { value: "past", label: "Past" },
  { value: "rules", label: "Rules" },
  { value: "channels", label: "Channels" },
];

/** What is in trouble, and who is told of it, from when on and where. */
export function AlertsPage() {
  const { tab = "now" } = readAlertSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  return (
    <Page
      title="Alerts"
      about="What is in trouble. Instep looks every 30 seconds, and tells it wherever you say."
    >
      <Stack gap="lg">
        <SegmentedControl
          aria-label="Show"
          w="fit-content"
          value={tab}
          data={TABS}
          onChange={(value) =>
            void navigate({ to: "/alerts", search: readAlertSearch({ tab: value }), replace: true })
          }
        />
        {tab === "now" && <Now />}
        {tab === "past" && <Past />}
        {tab === "rules" && <Rules />}
        {tab === "channels" && <Channels />}
        {(tab === "now" || tab === "past") && <ZoneNote />}
      </Stack>
    </Page>
  );
}
