import { Button, List, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";

import { undoLook } from "../../api/runs";
import { More } from "../../components/More";
import { Section } from "../../components/Page";
import { Failed, Loading } from "../../components/Waiting";
import { formatNumber } from "../../words/format";
import { asItem, type Ends, figures } from "../../words/plans";
import { Diff } from "../syncs/Diff";

/** What taking a run back would put back and what it would leave, and why. It changes nothing. */
export function UndoLook({ run, ends }: { run: string; ends: Ends }) {
  const [opened, { open }] = useDisclosure();
  return (
    <Section title="If it were undone">
      {opened ? (
        <Look run={run} ends={ends} />
      ) : (
        <Button variant="default" onClick={open}>
          Show what would be put back
        </Button>
      )}
    </Section>
  );
}

function Look({ run, ends }: { run: string; ends: Ends }) {
  const query = useInfiniteQuery(undoLook(run));
  if (query.isPending) return <Loading what="what would be put back" />;
  if (query.isError) return <Failed error={query.error} again={() => void query.refetch()} />;
  const [first] = query.data.pages;
  const items = query.data.pages.flatMap((page) => page.items.map(asItem));
  return (
    <Stack gap="sm">
      <List listStyleType="none" aria-label="What an undo comes to">
        {figures(first?.counts ?? {}, ends).map((each) => (
          <List.Item key={each.label}>
            <Text span fw={600} className="numbers">
              {each.value}
            </Text>{" "}
            {each.label}
          </List.Item>
        ))}
      </List>
      <Text size="sm" c="dimmed">
        As the records were last read.
        {first &&
          !first.is_whole &&
          ` Counted are the first ${formatNumber(first.looked_at)}.`}{" "}
        Undoing it reads both apps again first, and asks before anything is written.
      </Text>
      <Diff items={items} ends={ends} />
      <More query={query} label="Show more" />
    </Stack>
  );
}
