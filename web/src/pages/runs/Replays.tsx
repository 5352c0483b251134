import { Table } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { replays } from "../../api/runs";
import { PageLink } from "../../components/links";
import { Only } from "../../components/Only";
import { State } from "../../components/State";
import { Empty, Loaded } from "../../components/Waiting";
import { When } from "../../components/When";
import { formatNumber } from "../../words/format";
import { overOf, replayStand } from "../../words/runs";
import { CancelReplay } from "./ReplayProgress";

/** What was done again by one command, and how far each of those is. */
export function Replays() {
  const query = useQuery(replays);
  return (
    <Loaded query={query} what="what was done again">
      {(found) =>
        found.length === 0 ? (
          <Empty title="Nothing was done again yet">
            Runs of flows that failed can be done again, one or many at a time: choose them under
            Failed.
          </Empty>
        ) : (
          <div className="panel tight">
            <Table miw={760} aria-label="What was done again">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>When</Table.Th>
                  <Table.Th>State</Table.Th>
                  <Table.Th ta="right">Runs</Table.Th>
                  <Table.Th ta="right">At their end</Table.Th>
                  <Table.Th ta="right">Left out</Table.Th>
                  <Table.Th>Who</Table.Th>
                  <Table.Th>What to do</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody className="numbers">
                {found.map((each) => {
                  const { tone, word } = replayStand(each);
                  return (
                    <Table.Tr key={each.id}>
                      <Table.Td>
                        <PageLink to="/runs" search={{ kind: "flows", replay: each.id }}>
                          <When at={each.made_at} />
                        </PageLink>
                      </Table.Td>
                      <Table.Td>
                        <State tone={tone}>{word}</State>
                      </Table.Td>
                      <Table.Td ta="right">{formatNumber(each.taken)}</Table.Td>
                      <Table.Td ta="right">{formatNumber(overOf(each.runs))}</Table.Td>
                      <Table.Td ta="right" title={each.why ?? undefined}>
                        {formatNumber(each.refused)}
                      </Table.Td>
                      <Table.Td>{each.person}</Table.Td>
                      <Table.Td>
                        {(each.state === "making" || each.state === "going") && (
                          <Only>
                            <CancelReplay id={each.id} />
                          </Only>
                        )}
                      </Table.Td>
                    </Table.Tr>
                  );
                })}
              </Table.Tbody>
            </Table>
          </div>
        )
      }
    </Loaded>
  );
}
