import { Button, Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";

import { PERSON } from "../../api/person";
import { settleAll, type Waiting, waitingList } from "../../api/reviews";
import { useConfirm } from "../../components/confirm";
import { More } from "../../components/More";
import { Page } from "../../components/Page";
import { say, sayFailed } from "../../components/toast";
import { Empty, Failed, Loading } from "../../components/Waiting";
import { ZoneNote } from "../../components/When";
import { count } from "../../words/format";
import { Only } from "../../components/Only";
import { Conflict } from "./Conflict";
import { Match } from "./Match";

/** Everything that waits for a person: fields changed on both sides, and matches not certain. */
export function ReviewList() {
  const query = useInfiniteQuery(waitingList());
  const found = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total ?? 0;
  return (
    <Page
      title="Review"
      about="What only a person can decide. Until you do, these records are left as they are; everything else goes on."
    >
      {query.isPending && <Loading what="what waits for you" />}
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.isSuccess && total === 0 && (
        <Empty title="Nothing waits for you">
          When both apps change the same field differently, or it is not certain who somebody is,
          you find it here.
        </Empty>
      )}
      {total > 0 && (
        <Stack>
          <Many total={total} found={found} />
          {found.map((each) =>
            each.stands === "ambiguous" ? (
              <Match key={each.id} told={each} />
            ) : (
              <Conflict key={each.id} told={each} />
            ),
          )}
          <More query={query} label="Show more" />
          <ZoneNote />
        </Stack>
      )}
    </Page>
  );
}

/** Settle all conflicts of a sync at once; says first how many that is. */
function Many({ total, found }: { total: number; found: Waiting[] }) {
  const [ask, dialog] = useConfirm();
  const cache = useQueryClient();
  const first = found.find((each) => each.stands === "conflict" && each.sync);
  const settled = useMutation({
    mutationFn: (use: "a" | "b" | "newest") => settleAll({ ...meant(first), use, by: PERSON }),
    onSuccess: async (told) => {
      say(`${count(told.settled, "record")} settled; the next run writes it.`);
      await cache.invalidateQueries();
    },
    onError: sayFailed,
  });
  const looked = useMutation({
    mutationFn: async (use: "a" | "b" | "newest") => ({
      use,
      told: await settleAll({ ...meant(first), use, by: PERSON, preview: true }),
    }),
    onSuccess: ({ use, told }) =>
      ask({
        title: `Settle ${count(told.meant, "record")} at once?`,
        happens: `For every conflict of ${first?.sync ?? "this sync"}, ${wordOf(use, first)} written to the other app. The history keeps what was there before, and the run can be undone.`,
        yes: `Settle ${count(told.meant, "record")}`,
        act: () => settled.mutate(use),
      }),
    onError: sayFailed,
  });
  return (
    <Group justify="space-between">
      {dialog}
      <Text role="status">{count(total, "record")} for you to decide</Text>
      {first?.a && first.b && (
        <Only>
          <Group gap="xs">
            <Text size="sm">All conflicts of {first.sync}:</Text>
            <Button size="xs" variant="default" onClick={() => looked.mutate("a")}>
              {first.a.connection} is right
            </Button>
            <Button size="xs" variant="default" onClick={() => looked.mutate("b")}>
              {first.b.connection} is right
            </Button>
            <Button size="xs" variant="default" onClick={() => looked.mutate("newest")}>
              The newer one is right
            </Button>
          </Group>
        </Only>
      )}
    </Group>
  );
}

const meant = (first?: Waiting) => ({ sync: first?.sync, stands: "conflict" as const });

function wordOf(use: "a" | "b" | "newest", first?: Waiting): string {
  if (use === "newest") return "the newer value is";
  return `the values of ${first?.[use]?.connection ?? "this side"} are`;
}
