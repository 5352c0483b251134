import { List, Text } from "@mantine/core";
import { useInfiniteQuery, type UseInfiniteQueryResult } from "@tanstack/react-query";

import { history, type Line } from "../../api/syncs";
import { More } from "../../components/More";
import { Section } from "../../components/Page";
import { Failed, Loading } from "../../components/Waiting";
import { When } from "../../components/When";

type AnyLine = Line & { sync?: string };

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
  return <Lines title={title} query={query} />;
}

/** Lines of history, of one sync or of all, page by page. */
export function Lines({
  title,
  query,
}: {
  title: string;
  query: UseInfiniteQueryResult<{ pages: { lines: AnyLine[] }[] }>;
}) {
  const lines = query.data?.pages.flatMap((page) => page.lines) ?? [];
  return (
    <Section title={title}>
      {query.isError && <Failed error={query.error} again={() => void query.refetch()} />}
      {query.isPending && <Loading what="what was changed" />}
      {query.isSuccess && lines.length === 0 && <Text c="dimmed">Nothing was changed.</Text>}
      <List spacing={6} mb="sm" listStyleType="none" aria-label={title}>
        {lines.map((line) => (
          <List.Item key={line.id}>
            <Told line={line} />
          </List.Item>
        ))}
      </List>
      <More query={query} />
    </Section>
  );
}

function Told({ line }: { line: AnyLine }) {
  return (
    <>
      <Text size="sm" style={{ whiteSpace: "pre-line" }}>
        {line.said}
      </Text>
      <Text size="xs" c="dimmed">
        <When at={line.at} />
        {line.sync && ` in ${line.sync}`}
        {line.person && line.person !== "api" && ` by ${line.person}`}
      </Text>
    </>
  );
}
