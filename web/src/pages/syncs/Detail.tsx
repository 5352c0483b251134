import { Alert, Button, Group, List, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";

import { type Standing, standing, sync, type SyncDetail } from "../../api/syncs";
import { Page, Section } from "../../components/Page";
import { State } from "../../components/State";
import { Loaded } from "../../components/Waiting";
import { When, ZoneNote } from "../../components/When";
import { count, formatNumber } from "../../words/format";
import { recordsOf } from "../../words/names";
import { openWrites, standOf } from "../../words/standing";
import { RunsOfSync } from "../runs/RunsOfSync";
import { Only } from "../../components/Only";
import { Changes } from "./Changes";
import { SyncActions } from "./SyncActions";

export function SyncPage() {
  const { name = "" } = useParams({ strict: false });
  const query = useQuery(sync(name));
  return (
    <Page
      title={name}
      tab={`${name}, sync`}
      back={{ to: "/syncs", label: "Syncs" }}
      about={
        query.data && (
          <>
            Keeps {recordsOf(query.data.records)} of {query.data.a} and {query.data.b} in step.
          </>
        )
      }
      actions={
        query.data && (
          <Only>
            <SyncActions sync={query.data} />
          </Only>
        )
      }
    >
      <Loaded query={query} what="the sync">
        {(found) => <Whole sync={found} />}
      </Loaded>
    </Page>
  );
}

function Whole({ sync: found }: { sync: SyncDetail }) {
  const stands = useQuery(standing(found.name));
  return (
    <Stack gap="xl">
      {found.why && found.state !== "active" && (
        <Alert
          title={found.state === "halted" ? "It stopped, to be safe" : "It is paused"}
          variant="default"
          role={found.state === "halted" ? "alert" : undefined}
        >
          {found.why}
        </Alert>
      )}
      <Section title="How it stands">
        <Loaded query={stands} what="how it stands">
          {(told) => <Figures sync={found} stands={told} />}
        </Loaded>
      </Section>
      <Section
        title="What it does"
        aside={
          <Only>
            <Group gap="xs">
              <Button
                component={Link}
                to={`/syncs/${found.name}/mapping`}
                variant="default"
                size="xs"
              >
                Map the fields
              </Button>
              <Button
                component={Link}
                to={`/syncs/${found.name}/rules`}
                variant="default"
                size="xs"
              >
                Change the rules
              </Button>
            </Group>
          </Only>
        }
      >
        <List spacing={4}>
          {found.words.map((sentence) => (
            <List.Item key={sentence}>{sentence}</List.Item>
          ))}
        </List>
      </Section>
      <RunsOfSync name={found.name} title="Last runs" limit={10} />
      <Changes sync={found.name} />
      <ZoneNote />
    </Stack>
  );
}

function Figures({ sync: found, stands }: { sync: SyncDetail; stands: Standing }) {
  const { tone, word } = standOf(found, stands);
  const { waiting, failed } = openWrites(stands);
  const latest = stands.latest_run;
  const review = (stands.records.a.review ?? 0) + (stands.records.b.review ?? 0);
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
      <Figure title="State">
        <State tone={tone}>{word}</State>
        <Text size="sm" c="dimmed">
          It {stands.reads}.
        </Text>
      </Figure>
      <Figure title="Last run">
        <When at={latest?.finished_at ?? latest?.started_at} never="not run yet" />
        {latest?.said && <Text size="sm">{latest.said}</Text>}
      </Figure>
      <Figure title="Linked">
        {count(stands.links, "pair")}
        {review > 0 && (
          <Text size="sm">
            <Link to="/review">{formatNumber(review)} for you to decide</Link>
          </Text>
        )}
      </Figure>
      <Figure title="Changes on their way">
        {formatNumber(waiting)}
        {failed > 0 && <Text size="sm">{formatNumber(failed)} were refused</Text>}
      </Figure>
    </SimpleGrid>
  );
}

function Figure({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div className="panel">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <div className="numbers">{children}</div>
    </div>
  );
}
