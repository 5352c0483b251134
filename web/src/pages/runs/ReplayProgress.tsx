import { Button, Group, Progress, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { replayProgress } from "../../api/flows";
import { cancelReplay } from "../../api/runs";
import { useConfirm } from "../../components/confirm";
import { PageLink } from "../../components/links";
import { Only } from "../../components/Only";
import { say, sayFailed } from "../../components/toast";
import { count } from "../../words/format";
import { overOf } from "../../words/runs";

/** How far a replay is. It goes on by itself, whoever looks or leaves. */
export function ReplayProgress({ id }: { id: string }) {
  const query = useQuery(replayProgress(id));
  if (!query.data) return null;
  const { runs, taken, state } = query.data;
  const over = overOf(runs);
  const isOpen = state === "making" || state === "going";
  return (
    <Group gap="xs">
      <Progress
        w={120}
        value={taken ? (100 * over) / taken : 0}
        aria-label="How many are done again"
      />
      <Text size="sm" role="status">
        {state === "cancelled"
          ? `Cancelled: ${over} of ${taken} had begun`
          : `${over} of ${taken} ${state === "done" ? "done again" : "so far"}`}
      </Text>
      <PageLink to="/runs" search={{ kind: "flows", replay: id }}>
        Show them
      </PageLink>
      {isOpen && (
        <Only>
          <CancelReplay id={id} />
        </Only>
      )}
    </Group>
  );
}

/** Give back the runs of a replay that have not begun again. */
export function CancelReplay({ id }: { id: string }) {
  const cache = useQueryClient();
  const [ask, dialog] = useConfirm();
  const cancelled = useMutation({
    mutationFn: () => cancelReplay(id),
    onSuccess: async ({ runs }) => {
      say(
        `${count(runs, "run")} will not be done again, and ${runs === 1 ? "is" : "are"} as before.`,
      );
      await cache.invalidateQueries();
    },
    onError: sayFailed,
  });
  return (
    <>
      {dialog}
      <Button
        size="compact-sm"
        variant="default"
        loading={cancelled.isPending}
        onClick={() =>
          ask({
            title: "Do no more of them again?",
            happens:
              "Runs that have not begun again are as they were before. What has begun goes on to its end.",
            yes: "No more of them",
            act: () => cancelled.mutate(),
          })
        }
      >
        Cancel
      </Button>
    </>
  );
}
