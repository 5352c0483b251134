import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { runsOf } from "../../api/syncs";
import { PageLink } from "../../components/links";
import { Section } from "../../components/Page";
import { Loaded } from "../../components/Waiting";
import { RunTable } from "./RunTable";

/** The runs of one sync, newest first. */
export function RunsOfSync({
  name,
  title = name,
  limit = 50,
}: {
  name: string;
  title?: string;
  limit?: number;
}) {
  const query = useQuery(runsOf(name, limit));
  return (
    <Section
      title={title}
      aside={
        <PageLink to="/runs" search={{ sync: name }}>
          All runs of {name}
        </PageLink>
      }
    >
      <Loaded query={query} what="its runs">
        {({ runs }) =>
          runs.length === 0 ? (
            <Text c="dimmed">It has not run yet.</Text>
          ) : (
            <RunTable runs={runs.map((run) => ({ ...run, sync: name }))} label={title} />
          )
        }
      </Loaded>
    </Section>
  );
}
