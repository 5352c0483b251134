import { Button, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import {
  type Connection,
  type ConnectionStanding,
  connectionStanding,
  type Connector,
  testConnection,
} from "../../api/connections";
import { Only } from "../../components/Only";
import { Section } from "../../components/Page";
import { State } from "../../components/State";
import { Failed } from "../../components/Waiting";
import { When } from "../../components/When";
import { goesOn } from "../../words/connections";
import { formatMoment, formatNumber } from "../../words/format";
import { appName, methodName } from "../../words/names";
import { isBroken } from "../../words/standing";
import { took } from "./took";

/** How a connection stands, and a test of it right now. */
export function HowItStands({ connection, app }: { connection: Connection; app?: Connector }) {
  const standing = useQuery(connectionStanding(connection.id)).data;
  const rows: [string, React.ReactNode][] = [
    ["App", app?.title ?? appName(connection.connector)],
    [
      "State",
      <State key="state" tone={isBroken(connection) ? "bad" : "good"}>
        {isBroken(connection) ? "Broken" : "Working"}
      </State>,
    ],
    ["Account", connection.account],
    ["Signed in by", methodName(connection.auth)],
    ["Credential", <Expiry key="expiry" standing={standing} byPage={isByPage(connection, app)} />],
    ["Last proven", <When key="proven" at={standing?.verified_at} />],
    ["Calls left", <Quota key="quota" standing={standing} />],
    ["Country", connection.country ?? "not said"],
  ];
  return (
    <Section title="How it stands">
      <Table variant="vertical" layout="fixed" maw={640} aria-label="How it stands">
        <Table.Tbody>
          {rows.map(([what, said]) => (
            <Table.Tr key={what}>
              <Table.Th w={140}>{what}</Table.Th>
              <Table.Td>{said}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Only>
        <Test name={connection.name} />
      </Only>
    </Section>
  );
}

const isByPage = (connection: Connection, app?: Connector) =>
  app?.methods.find((each) => each.kind === connection.auth)?.browser ?? false;

function Expiry({ standing, byPage }: { standing?: ConnectionStanding | null; byPage: boolean }) {
  if (!standing?.expires_at) return <>does not expire by itself</>;
  const at = formatMoment(standing.expires_at);
  return <>{byPage ? `is renewed by itself, the next time by ${at}` : `expires ${at}`}</>;
}

function Quota({ standing }: { standing?: ConnectionStanding | null }) {
  const quota = standing?.quota;
  if (!quota) return <>not known before the first call</>;
  const { today, daily, resets_at: resets, reserve } = quota;
  return (
    <>
      {formatNumber(quota.at_once)} at once
      {today !== null && `, ${formatNumber(today)} today`}
      {daily !== null && ` of ${formatNumber(daily)}`}
      {reserve > 0 && ` (${formatNumber(reserve)} of them kept for people)`}
      {resets && (
        <>
          , counted anew <When at={resets} />
        </>
      )}
    </>
  );
}

function Test({ name }: { name: string }) {
  const cache = useQueryClient();
  const test = useMutation({
    mutationFn: () => testConnection(name),
    onSuccess: () => cache.invalidateQueries(),
  });
  const told = test.data;
  return (
    <Stack gap="xs" mt="sm" align="flex-start">
      <Button variant="default" onClick={() => test.mutate()} loading={test.isPending}>
        Test it now
      </Button>
      {told && (
        <Text size="sm" role="status">
          {told.works
            ? goesOn(`It works: the app answered in ${took(told.milliseconds)}.`, told.going_on)
            : `It does not work just now: ${told.said}`}
        </Text>
      )}
      {test.isError && <Failed error={test.error} />}
    </Stack>
  );
}
