import { Anchor, SegmentedControl, Stack, Text } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";

import { Page } from "../../components/Page";
import { ZoneNote } from "../../components/When";
import { FlowFilters, SyncFilters } from "./Filters";
import { FlowRuns } from "./FlowRuns";
import { Replays } from "./Replays";
import { readRunSearch, type RunSearch } from "./search";
import { SyncRuns } from "./SyncRuns";

const TABS: { value: string; label: string; search: RunSearch }[] = [
  { value: "syncs", label: "Syncs", search: {} },
  { value: "flows", label: "Flows", search: { kind: "flows" } },
  { value: "dead", label: "Failed", search: { kind: "flows", states: "dead" } },
  { value: "replays", label: "Done again", search: { kind: "replays" } },
];

function tabOf({ kind, states }: RunSearch): string {
  if (kind === "flows") return states === "dead" ? "dead" : "flows";
  return kind ?? "syncs";
}

/** Every run there was. What is looked for stands in the address, so that it can be sent around. */
export function RunList() {
  const search = readRunSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const tab = tabOf(search);
  const go = (to: RunSearch) => void navigate({ to: "/runs", search: to, replace: true });
  const look = (changes: Partial<RunSearch>) => go({ ...search, ...changes });
  return (
    <Page title="Runs" about="What ran, when, and what came of it.">
      <Stack gap="lg">
        <SegmentedControl
          aria-label="Runs of"
          w="fit-content"
          value={tab}
          data={TABS.map(({ value, label }) => ({ value, label }))}
          onChange={(value) => go(TABS.find((each) => each.value === value)?.search ?? {})}
        />
        {tab === "syncs" && (
          <>
            <SyncFilters search={search} look={look} />
            <SyncRuns search={search} />
          </>
        )}
        {tab === "dead" && (
          <Text size="sm">
            Runs of flows that stopped at a step and are kept to be done again. What an app refused
            of a sync waits under{" "}
            <Anchor component={Link} to="/review" underline="always">
              Review
            </Anchor>
            .
          </Text>
        )}
        {(tab === "flows" || tab === "dead") && (
          <>
            <FlowFilters search={search} look={look} />
            <FlowRuns key={JSON.stringify(search)} search={search} />
          </>
        )}
        {tab === "replays" && <Replays />}
        <ZoneNote />
      </Stack>
    </Page>
  );
}
