import { Button, List, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";

import { history, type Line } from "../../api/syncs";
import { Section } from "../../components/Page";
import { Failed, Loading } from "../../components/Waiting";
import { When } from "../../components/When";

/** What was done and why, newest first: of a sync, of one of its runs, or of one record. */
export function Changes({
  sync,
  of,
  title = "What was changed",
}: {
  sync: string;
  of?: { run?: string; record?: string };
  title?: string;
}) {
  const query = useInfiniteQuery(history(sync, of));
  const lines = query.data?.pages.flatMap((page) => page.lines) ?? [];
  return (
    <Section title={title}>
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.isPending && <Loading what="what was changed" />}
      {query.isSuccess && lines.length === 0 && <Text c="dimmed">Nothing was changed.</Text>}
      <List spacing={6} listStyleType="none" aria-label={title}>
        {lines.map((line) => (
          <List.Item key={line.id}>
            <Told line={line} />
          </List.Item>
        ))}
      </List>
      {query.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          mt="sm"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Show earlier ones
        </Button>
      )}
    </Section>
  );
}

function Told({ line }: { line: Line }) {
  return (
    <>
      <Text size="sm" style={{ whiteSpace: "pre-line" }}>
        {line.said}
      </Text>
      <Text size="xs" c="dimmed">
        <When at={line.at} />
        {line.person && line.person !== "api" && ` by ${line.person}`}
      </Text>
    </>
  );
}
