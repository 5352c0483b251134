import { Group, NativeSelect, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";

import { flowDocument, versions } from "../../api/building";
import { Page } from "../../components/Page";
import { Empty, Loaded } from "../../components/Waiting";
import { formatMoment } from "../../words/format";
import { Changes } from "./Changes";

const WORKED_ON = "";

/** The published versions of a flow, and what lies between two of them. */
export function FlowVersions() {
  const { name = "" } = useParams({ strict: false });
  const query = useQuery(versions(name));
  const [older, setOlder] = useState<string | null>(null);
  const [newer, setNewer] = useState(WORKED_ON);
  return (
    <Page
      title="Versions"
      tab={`Versions of ${name}`}
      about="A version never changes. A run belongs to the version that started it."
      back={{ to: `/flows/${name}`, label: "The flow" }}
    >
      <Loaded query={query} what="the versions">
        {(found) => {
          if (found.length === 0) {
            return <Empty title="No version yet">Each time it is turned on makes one.</Empty>;
          }
          const data = [
            { value: WORKED_ON, label: "As it is worked on now" },
            ...found.map((each) => ({
              value: String(each.version),
              label: `Version ${each.version}, ${formatMoment(each.published_at)}${each.person ? `, ${each.person}` : ""}`,
            })),
          ];
          const before = older ?? String(found[0]?.version);
          return (
            <Stack>
              <Group>
                <NativeSelect
                  label="From"
                  value={before}
                  data={data}
                  onChange={(event) => setOlder(event.currentTarget.value)}
                />
                <NativeSelect
                  label="To"
                  value={newer}
                  data={data}
                  onChange={(event) => setNewer(event.currentTarget.value)}
                />
              </Group>
              <Between name={name} before={before} after={newer} />
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}

const numberOf = (version: string) => (version === WORKED_ON ? undefined : Number(version));

function Between({ name, before, after }: { name: string; before: string; after: string }) {
  const one = useQuery(flowDocument(name, numberOf(before)));
  const other = useQuery(flowDocument(name, numberOf(after)));
  return (
    <Loaded query={one} what="the one version">
      {(a) => (
        <Loaded query={other} what="the other version">
          {(b) => <Changes before={a} after={b} />}
        </Loaded>
      )}
    </Loaded>
  );
}
