import { Button, Collapse, Group, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";

import type { Schemas } from "../../api/client";
import { When } from "../../components/When";
import { between, count } from "../../words/format";
import { itemOf, runStand, stepName } from "../../words/runs";
import { Compare } from "./Compare";

type Step = Schemas["StepView"];

/** One step of a run: what it took and gave, how long it took, and each attempt at it. */
export function OneStep({ step }: { step: Step }) {
  const { tone, word } = runStand(step.state);
  const title = stepName(step);
  return (
    <li>
      <span className="dot" data-tone={tone} aria-hidden="true" />
      <Group justify="space-between" align="baseline">
        <Text fw={500}>
          {title}{" "}
          {itemOf(step.place) && (
            <Text span size="sm" c="dimmed" fw={400}>
              {itemOf(step.place)}
            </Text>
          )}
        </Text>
        <Text size="sm" c="dimmed">
          {word}
          {step.begun_at && step.ended_at && `, ${between(step.begun_at, step.ended_at)}`}
        </Text>
      </Group>
      {step.error && <Text size="sm">{step.error}</Text>}
      <Group gap="xs" align="flex-start">
        <Sample label="what it took" value={step.input} />
        <Sample label="what it gave" value={step.output} />
      </Group>
      {step.cut && (
        <Text size="sm" c="dimmed">
          {step.cut}
        </Text>
      )}
      {step.attempts.length > 1 && <Attempts step={step} title={title} />}
    </li>
  );
}

function Attempts({ step, title }: { step: Step; title: string }) {
  const [opened, { toggle }] = useDisclosure();
  return (
    <>
      <div className="panel tight" style={{ marginTop: "0.5rem" }}>
        <Table miw={480} aria-label={`Attempts at ${title}`}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Attempt</Table.Th>
              <Table.Th>Began</Table.Th>
              <Table.Th>Took</Table.Th>
              <Table.Th>What came of it</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {step.attempts.map((each, at) => (
              <Table.Tr key={at}>
                <Table.Td>{at + 1}</Table.Td>
                <Table.Td>
                  <When at={each.began_at} />
                </Table.Td>
                <Table.Td>
                  {each.began_at && each.ended_at && between(each.began_at, each.ended_at)}
                </Table.Td>
                <Table.Td>{each.error ?? (each.ended_at ? "Worked" : "Goes on")}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Button size="compact-sm" mt="xs" variant="default" onClick={toggle} aria-expanded={opened}>
        {opened ? "Hide the comparison" : `Compare ${count(step.attempts.length, "attempt")}`}
      </Button>
      <Collapse expanded={opened}>
        <Compare attempts={step.attempts} title={title} />
      </Collapse>
    </>
  );
}

/** A value a step took or gave, folded away until somebody wants to see it. */
export function Sample({ label, value }: { label: string; value: unknown }) {
  const [opened, { toggle }] = useDisclosure();
  if (value === null || value === undefined) return null;
  return (
    <div>
      <Button size="compact-xs" variant="default" onClick={toggle} aria-expanded={opened}>
        {opened ? "Hide" : "Show"} {label}
      </Button>
      <Collapse expanded={opened}>
        <pre className="sample" tabIndex={0}>
          {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
        </pre>
      </Collapse>
    </div>
  );
}
