import { Button, NativeSelect, Table, Text, VisuallyHidden } from "@mantine/core";

import type { Schemas } from "../../../api/client";
import { Section } from "../../../components/Page";
import { fieldName } from "../../../words/names";
import {
  type Authority,
  changed,
  type Direction,
  type FieldShown,
  type MapLine,
  transformed,
  transformOf,
  waysBetween,
  without,
} from "./rows";

interface LinesProps {
  lines: MapLine[];
  known: Schemas["FieldsView"];
  change: (lines: MapLine[]) => void;
}

/** The fields that go together: a line each, with its direction, authority and transform. */
export function Lines({ lines, known, change }: LinesProps) {
  return (
    <Section title="Fields that are kept equal">
      <div className="panel tight">
        <Table miw={1060} verticalSpacing="xs" aria-label="Fields that are kept equal">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{known.a.connection}</Table.Th>
              <Table.Th>Travels</Table.Th>
              <Table.Th>{known.b.connection}</Table.Th>
              <Table.Th>If both changed it</Table.Th>
              <Table.Th>On the way</Table.Th>
              <Table.Th>
                <VisuallyHidden>Take away</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {lines.map((line) => (
              <Line
                key={line.a}
                line={line}
                known={known}
                set={(changes) => change(changed(lines, line.a, changes))}
                replace={(whole) => change(lines.map((each) => (each.a === line.a ? whole : each)))}
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
  set: (changes: Partial<MapLine>) => void;
  replace: (line: MapLine) => void;
  remove: () => void;
}

function Line({ line, known, set, replace, remove }: LineProps) {
  const a = known.a.fields.find((each) => each.name === line.a);
  const b = known.b.fields.find((each) => each.name === line.b);
  const label = fieldName(line.a);
  const ways: Record<Direction, string> = {
    both: "⇄ both ways",
    to_b: `→ to ${known.b.connection}`,
    to_a: `← to ${known.a.connection}`,
  };
  const possible = a && b ? waysBetween(a, b) : [line.direction];
  return (
    <Table.Tr>
      <Table.Td>
        <Named name={line.a} field={a} />
      </Table.Td>
      <Table.Td>
        <NativeSelect
          miw={150}
          aria-label={`Which way ${label} travels`}
          value={line.direction}
          data={possible.map((way) => ({ value: way, label: ways[way] }))}
          onChange={(event) => set({ direction: event.currentTarget.value as Direction })}
        />
      </Table.Td>
      <Table.Td>
        <Named name={line.b} field={b} />
      </Table.Td>
      <Table.Td>
        <NativeSelect
          miw={150}
          aria-label={`Who decides about ${label}`}
          value={line.authority}
          disabled={line.direction !== "both"}
          data={[
            { value: "a", label: `${known.a.connection} counts` },
            { value: "b", label: `${known.b.connection} counts` },
            { value: "newest", label: "the newer value counts" },
            { value: "ask", label: "ask me" },
          ]}
          onChange={(event) => set({ authority: event.currentTarget.value as Authority })}
        />
      </Table.Td>
      <Table.Td>
        <NativeSelect
          miw={150}
          aria-label={`What happens to ${label} on the way`}
          value={transformOf(line)}
          data={transforms(line, known, a)}
          onChange={(event) => replace(transformed(line, event.currentTarget.value))}
        />
      </Table.Td>
      <Table.Td>
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`Take away ${label}`}
          onClick={remove}
        >
          Take away
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

const STEPS = [
  ["lower", "small letters"],
  ["upper", "CAPITALS"],
  ["title", "First Letters Large"],
  ["digits", "digits only"],
] as const;

function transforms(line: MapLine, known: Schemas["FieldsView"], field?: FieldShown) {
  const word = transformOf(line);
  const found = [{ value: "none", label: "stays as it is" }];
  if (word === "value_map") found.push({ value: word, label: "word for word, by a list" });
  if (word === "own") found.push({ value: word, label: "several steps of its own" });
  if (field?.type !== "text") return found;
  for (const [side, name] of [
    ["to_b", known.b.connection],
    ["to_a", known.a.connection],
  ] as const) {
    for (const [step, told] of STEPS) {
      found.push({ value: `${side}:${step}`, label: `${told} in ${name}` });
    }
  }
  return found;
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
