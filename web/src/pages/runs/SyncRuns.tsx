import { Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { syncRuns } from "../../api/runs";
import { More } from "../../components/More";
import { Empty, Failed, Loading } from "../../components/Waiting";
import { RunTable } from "./RunTable";
import { type RunSearch, spanOf } from "./search";

/** The runs of all syncs, newest first, as far as they are looked for. */
export function SyncRuns({ search }: { search: RunSearch }) {
  const query = useInfiniteQuery(
    syncRuns({
      sync: search.sync,
      states: search.state && [search.state],
      ...spanOf(search),
    }),
  );
  const runs = query.data?.pages.flatMap((page) => page.runs) ?? [];
  if (query.isPending) return <Loading what="the runs" />;
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />;
  if (runs.length === 0) {
    return <Empty title="No run is like that">A sync that has not begun yet has no runs.</Empty>;
  }
  return (
    <Stack>
      <RunTable runs={runs} label="Runs of syncs" which />
      <More query={query} />
    </Stack>
  );
}
