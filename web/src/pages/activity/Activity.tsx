import { NativeSelect, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { syncs } from "../../api/syncs";
import { Page } from "../../components/Page";
import { Empty, Loaded } from "../../components/Waiting";
import { ZoneNote } from "../../components/When";
import { Changes } from "../syncs/Changes";

/** Every change that was written to an app: what, why, and who asked for it. */
export function Activity() {
  const query = useQuery(syncs);
  const { sync } = useSearch({ strict: false });
  const navigate = useNavigate();
  return (
    <Page title="Activity" about="Every change that was written to an app, and why.">
      <Loaded query={query} what="your syncs">
        {(found) => {
          const chosen = sync ?? found[0]?.name;
          if (!chosen) return <Empty title="Nothing has happened yet">No sync is set up.</Empty>;
          return (
            <Stack>
              <NativeSelect
                label="Of which sync?"
                maw={300}
                value={chosen}
                data={found.map((each) => each.name)}
                onChange={(event) =>
                  void navigate({
                    to: "/activity",
                    search: { sync: event.currentTarget.value },
                    replace: true,
                  })
                }
              />
              <Changes sync={chosen} />
              <ZoneNote />
            </Stack>
          );
        }}
      </Loaded>
    </Page>
  );
}
