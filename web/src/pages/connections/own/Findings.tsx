import { Table, Text } from "@mantine/core";

import type { Judged, Proposal, Trial } from "../../../api/manifests";
import { State } from "../../../components/State";
import { fieldName } from "../../../words/names";

const SAID: Record<string, string> = {
  vendor_docs: "the app's documents",
  observed: "seen in samples",
  user_supplied: "you",
  none: "nobody",
};

/** What came of trying a manifest on the app: each thing, whether it holds, and what was seen. */
export function Findings({ trial, judged }: { trial: Trial; judged?: Judged }) {
  const said = (resource: string, what: string) =>
    judged?.evidence.find((each) => each.resource === resource && each.field === what);
  return (
    <div className="panel tight">
      <Table miw={560} aria-label="What was found">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>What</Table.Th>
            <Table.Th>At the app</Table.Th>
            <Table.Th>Known from</Table.Th>
            <Table.Th>Tried</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {trial.findings.map((each) => {
            const field = said(each.resource, each.what);
            return (
              <Table.Tr key={`${each.resource} ${each.what} ${each.said}`}>
                <Table.Td>
                  {each.resource && `${each.resource}: `}
                  {field ? fieldName(each.what) : each.what}
                </Table.Td>
                <Table.Td>{field && <code>{field.place}</code>}</Table.Td>
                <Table.Td>{field && (SAID[field.said_by ?? ""] ?? "the manifest")}</Table.Td>
                <Table.Td>
                  <State tone={each.holds === null ? "quiet" : each.holds ? "good" : "bad"}>
                    {each.holds === null ? "Not shown" : each.holds ? "Holds" : "Does not hold"}
                  </State>
                  <Text size="sm">{each.said}</Text>
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      {!trial.whole && (
        <Text size="sm" p="xs">
          The minute was over before everything was tried.
        </Text>
      )}
    </div>
  );
}

/** What each key of an app's records is taken for, and why. */
export function SeenFields({ proposal }: { proposal: Proposal }) {
  return (
    <div className="panel tight">
      <Table miw={560} aria-label="What was seen">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>At the app</Table.Th>
            <Table.Th>Taken for</Table.Th>
            <Table.Th>Why</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {proposal.seen.map((each) => (
            <Table.Tr key={`${each.resource} ${each.place}`}>
              <Table.Td>
                <code>
                  {each.resource} {each.place}
                </code>
              </Table.Td>
              <Table.Td>{each.field ? fieldName(each.field) : "left out"}</Table.Td>
              <Table.Td>
                {each.why}
                {!each.observed && " Nobody filled it, so its type is a guess."}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
