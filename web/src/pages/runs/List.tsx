import { NativeSelect, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { flows } from "../../api/flows";
import { syncs } from "../../api/syncs";
import { Page } from "../../components/Page";
import { ZoneNote } from "../../components/When";
import { runStand } from "../../words/runs";
import { FlowRuns } from "./FlowRuns";
import { readRunSearch, RUN_STATES, type RunSearch } from "./search";
import { RunsOfSync } from "./RunsOfSync";

/** Every run there was. What is looked for stands in the address, so that it can be sent around. */
export function RunList() {
  const search = readRunSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const look = (changes: Partial<RunSearch>) =>
    void navigate({ to: "/runs", search: { ...search, ...changes }, replace: true });
  return (
    <Page title="Runs" about="What ran, when, and what came of it.">
      <Stack gap="lg">
        <SegmentedControl
          aria-label="Runs of"
          w="fit-content"
          value={search.kind ?? "syncs"}
          data={[
            { value: "syncs", label: "Syncs" },
            { value: "flows", label: "Flows" },
          ]}
          onChange={(value) => look({ kind: value === "flows" ? "flows" : undefined })}
        />
        {search.kind === "flows" ? (
          <OfFlows search={search} look={look} />
        ) : (
          <OfSyncs search={search} look={look} />
        )}
        <ZoneNote />
      </Stack>
    </Page>
  );
}

interface OfProps {
  search: RunSearch;
  look: (changes: Partial<RunSearch>) => void;
}

function OfSyncs({ search, look }: OfProps) {
  const known = useQuery(syncs);
  const names = known.data?.map((each) => each.name) ?? [];
  return (
    <>
      <NativeSelect
        label="Of which sync?"
        maw={300}
        value={search.sync ?? ""}
        data={[{ value: "", label: "every sync" }, ...names]}
        onChange={(event) => look({ sync: event.currentTarget.value || undefined })}
      />
      {(search.sync ? [search.sync] : names).map((name) => (
        <RunsOfSync key={name} name={name} />
      ))}
    </>
  );
}

function OfFlows({ search, look }: OfProps) {
  const known = useQuery(flows);
  return (
    <>
      <Stack gap="sm" maw={300}>
        <NativeSelect
          label="Of which flow?"
          value={search.flow ?? ""}
          data={[
            { value: "", label: "every flow" },
            ...(known.data ?? []).map((each) => ({
              value: each.name,
              label: each.title ?? each.name,
            })),
          ]}
          onChange={(event) => look({ flow: event.currentTarget.value || undefined })}
        />
        <NativeSelect
          label="In which state?"
          value={search.states ?? ""}
          data={[
            { value: "", label: "any" },
            ...RUN_STATES.map((each) => ({ value: each, label: runStand(each).word })),
          ]}
          onChange={(event) =>
            look({ states: RUN_STATES.find((each) => each === event.currentTarget.value) })
          }
        />
        <TextInput
          label="With which text?"
          value={search.text ?? ""}
          onChange={(event) => look({ text: event.currentTarget.value || undefined })}
        />
      </Stack>
      <FlowRuns search={search} />
    </>
  );
}
