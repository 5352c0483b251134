import {
  Button,
  CloseButton,
  Group,
  NativeSelect,
  Table,
  Text,
  VisuallyHidden,
} from "@mantine/core";
import { Fragment, useState } from "react";

import type { Schemas } from "../../../api/client";
import { Section } from "../../../components/Page";
import { fieldName } from "../../../words/names";
import {
  atItsLine,
  type Authority,
  type Direction,
  type FieldShown,
  type MapLine,
  type Turning as Word,
  turned,
  turningOf,
  waysBetween,
  without,
} from "./rows";
import type { Trial } from "./trying";
import { Turning } from "./Turning";

interface LinesProps {
  lines: MapLine[];
  known: Schemas["FieldsView"];
  trials: Map<string, Trial>;
  change: (lines: MapLine[], tag?: string) => void;
}

/** The fields that go together: a line each, with its direction, authority and what is done to it. */
export function Lines({ lines, known, trials, change }: LinesProps) {
  return (
    <Section title="Fields that are kept equal">
      <div className="panel tight">
        <Table miw={900} verticalSpacing="xs" aria-label="Fields that are kept equal">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{known.a.connection}</Table.Th>
              <Table.Th>Travels</Table.Th>
              <Table.Th>{known.b.connection}</Table.Th>
              <Table.Th>If both changed it</Table.Th>
              <Table.Th>On the way</Table.Th>
              <Table.Th>
                <VisuallyHidden>More, or take it away</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map((line) => (
              <Line
                key={line.a}
                line={line}
                known={known}
                trial={trials.get(line.a)}
                replace={(whole, tag) =>
                  change(
                    lines.map((each) => (each.a === line.a ? whole : each)),
                    tag && `${line.a} ${tag}`,
                  )
                }
                remove={() => change(without(lines, line.a))}
              />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Section>
  );
}

interface LineProps {
  line: MapLine;
  known: Schemas["FieldsView"];
  trial?: Trial;
  replace: (line: MapLine, tag?: string) => void;
  remove: () => void;
}

function Line({ line, known, trial, replace, remove }: LineProps) {
  const [isOpen, setOpen] = useState(false);
  const a = known.a.fields.find((each) => each.name === line.a);
  const b = known.b.fields.find((each) => each.name === line.b);
  const label = fieldName(line.a);
  const names = { a: known.a.connection, b: known.b.connection };
  return (
    <Fragment>
      <Table.Tr>
        <Table.Td>
          <Named name={line.a} field={a} />
        </Table.Td>
        <Table.Td>
          <Travels line={line} ends={[a, b]} names={names} replace={replace} />
        </Table.Td>
        <Table.Td>
          <Named name={line.b} field={b} />
        </Table.Td>
        <Table.Td>
          <NativeSelect
            size="xs"
            miw={170}
            aria-label={`Who decides about ${label}`}
            value={line.authority}
            disabled={line.direction !== "both"}
            data={[
              { value: "a", label: `${names.a} counts` },
              { value: "b", label: `${names.b} counts` },
              { value: "newest", label: "the newer value counts" },
              { value: "ask", label: "ask me" },
            ]}
            onChange={(event) =>
              replace({ ...line, authority: event.currentTarget.value as Authority })
            }
          />
        </Table.Td>
        <Table.Td>
          <NativeSelect
            size="xs"
            miw={150}
            aria-label={`What happens to ${label} on the way`}
            value={turningOf(line)}
            data={turnings(line, names, a)}
            onChange={(event) => {
              const word = event.currentTarget.value as Word;
              replace(turned(line, word));
              setOpen(word !== "none");
            }}
          />
          <Shortly trial={trial} isTurned={turningOf(line) !== "none"} />
        </Table.Td>
        <Table.Td>
          <Group gap={4} wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`${isOpen ? "Less" : "More"} about ${label}`}
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              {isOpen ? "Less" : "More"}
            </Button>
            <CloseButton aria-label={`Take away ${label}`} title="Take away" onClick={remove} />
          </Group>
        </Table.Td>
      </Table.Tr>
      {trial?.problem && (
        <Table.Tr>
          <Table.Td colSpan={6}>
            <Text size="sm" c="var(--mantine-color-error)" role="status">
              {label}: {atItsLine(trial.problem)}
            </Text>
          </Table.Td>
        </Table.Tr>
      )}
      {isOpen && (
        <Table.Tr>
          <Table.Td colSpan={6}>
            <Turning line={line} a={a} b={b} names={names} trial={trial} replace={replace} />
          </Table.Td>
        </Table.Tr>
      )}
    </Fragment>
  );
}

interface TravelsProps {
  line: MapLine;
  ends: [FieldShown | undefined, FieldShown | undefined];
  names: Record<"a" | "b", string>;
  replace: (line: MapLine) => void;
}

function Travels({ line, ends: [a, b], names, replace }: TravelsProps) {
  const ways: Record<Direction, string> = {
    both: "⇄ both ways",
    to_b: `→ to ${names.b}`,
    to_a: `← to ${names.a}`,
  };
  const possible = a && b ? waysBetween(a, b) : [line.direction];
  return (
    <NativeSelect
      size="xs"
      miw={130}
      aria-label={`Which way ${fieldName(line.a)} travels`}
      value={line.direction}
      data={possible.map((way) => ({ value: way, label: ways[way] }))}
      onChange={(event) => replace({ ...line, direction: event.currentTarget.value as Direction })}
    />
  );
}

function turnings(line: MapLine, names: Record<"a" | "b", string>, field?: FieldShown) {
  const none = { value: "none", label: "stays as it is" };
  // only a line of text can be turned: others are compared in one form anyway
  if (field?.type !== "text" && turningOf(line) === "none") return [none];
  return [
    none,
    { value: "to_b", label: `changed for ${names.b}` },
    { value: "to_a", label: `changed for ${names.a}` },
    { value: "value_map", label: "word for word, by a list" },
  ];
}

/** The first value and what becomes of it, where something does. */
function Shortly({ trial, isTurned }: { trial?: Trial; isTurned: boolean }) {
  const first = trial?.arrivals.find((each) => each.there !== each.value) ?? trial?.arrivals[0];
  if (!isTurned || !first) return null;
  return (
    <Text size="xs" c="dimmed" lineClamp={1} aria-live="polite">
      {first.value} → {first.there ?? (first.fate === "arrives" ? "empty" : "waits")}
    </Text>
  );
}

function Named({ name, field }: { name: string; field?: FieldShown }) {
  return (
    <>
      <Text size="sm" fw={500}>
        {fieldName(name)}
      </Text>
      <Text size="xs" c="dimmed" lineClamp={1}>
        {field?.samples.join(" · ") || "no values seen"}
      </Text>
    </>
  );
}
