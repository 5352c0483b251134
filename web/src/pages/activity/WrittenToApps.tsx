import { NativeSelect, Stack } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";

import { written } from "../../api/activity";
import { syncs } from "../../api/syncs";
import { Changes, Lines } from "../syncs/Changes";

const TITLE = "Written to apps";

/** Every change that was written to an app: what, why, and who asked for it. */
export function WrittenToApps() {
  const known = useQuery(syncs);
  const { sync } = useSearch({ strict: false });
  const navigate = useNavigate();
  return (
    <Stack>
      <NativeSelect
        label="Of which sync?"
        maw={300}
        value={sync ?? ""}
        data={[{ value: "", label: "every sync" }, ...(known.data ?? []).map(({ name }) => name)]}
        onChange={(event) =>
          void navigate({
            to: "/activity/apps",
            search: { sync: event.currentTarget.value || undefined },
            replace: true,
          })
        }
      />
      {sync ? <Changes sync={sync} title={TITLE} /> : <OfEverySync />}
    </Stack>
  );
}

function OfEverySync() {
  const query = useInfiniteQuery(written);
  return <Lines title={TITLE} query={query} />;
}
