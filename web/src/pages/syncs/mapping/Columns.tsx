import { SimpleGrid, Stack, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { useState } from "react";

import type { Schemas } from "../../../api/client";
import { Section } from "../../../components/Page";
import { fieldName } from "../../../words/names";
import { type FieldShown, kindOf, type MapLine } from "./rows";

const DRAGGED = "application/x-instep-field";

interface ColumnsProps {
  lines: MapLine[];
  known: Schemas["FieldsView"];
  map: (a: string, b: string) => void;
  told: string;
}

/** The fields without a partner, side by side: drag one onto another, or press one, then the other. */
export function Columns({ lines, known, map, told }: ColumnsProps) {
  const [picked, setPicked] = useState<string | null>(null);
  const [words, setWords] = useState("");
  const free = (side: "a" | "b") =>
    known[side].fields.filter(
      (each) =>
        !lines.some((line) => line[side] === each.name) &&
        `${each.name} ${fieldName(each.name)} ${each.samples.join(" ")}`
          .toLowerCase()
          .includes(words.toLowerCase()),
    );
  const join = (a: string, b: string) => {
    setPicked(null);
    map(a, b);
  };
  return (
    <Section title="Fields without a partner">
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          Drag a field of {known.a.connection} onto one of {known.b.connection}. With the keyboard:
          press the one, then the other.
        </Text>
        <TextInput
          label="Find a field"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          maw={320}
        />
        <div role="status">
          {told && <Text fw={500}>{told}</Text>}
          {picked && (
            <Text size="sm">
              {fieldName(picked)} is picked up. Press the field of {known.b.connection} it goes
              with.
            </Text>
          )}
        </div>
        <SimpleGrid cols={2} spacing="md">
          <Column title={known.a.connection}>
            {free("a").map((each) => (
              <button
                key={each.name}
                type="button"
                className="field"
                draggable
                aria-pressed={picked === each.name}
                onClick={() => setPicked(picked === each.name ? null : each.name)}
                onDragStart={(event) => event.dataTransfer.setData(DRAGGED, each.name)}
              >
                <Shown field={each} />
              </button>
            ))}
          </Column>
          <Column title={known.b.connection}>
            {free("b").map((each) => (
              <Target
                key={each.name}
                field={each}
                picked={picked}
                drop={(a) => join(a, each.name)}
              />
            ))}
          </Column>
        </SimpleGrid>
      </Stack>
    </Section>
  );
}

function Column({ title, children }: { title: string; children: React.ReactNode[] }) {
  return (
    <Stack gap={6} role="group" aria-label={`Fields of ${title}`}>
      <Text fw={600}>{title}</Text>
      {children.length === 0 ? <Text c="dimmed">None is left.</Text> : children}
    </Stack>
  );
}

interface TargetProps {
  field: FieldShown;
  picked: string | null;
  drop: (a: string) => void;
}

function Target({ field, picked, drop }: TargetProps) {
  const [over, setOver] = useState(false);
  return (
    <button
      type="button"
      className="field"
      data-over={over}
      onClick={() => picked && drop(picked)}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const dragged = event.dataTransfer.getData(DRAGGED);
        if (dragged) drop(dragged);
      }}
    >
      {picked && <VisuallyHidden>Map {fieldName(picked)} to </VisuallyHidden>}
      <Shown field={field} />
    </button>
  );
}

function Shown({ field }: { field: FieldShown }) {
  const notes = [kindOf(field.type)];
  if (field.readonly) notes.push("read only");
  if (field.custom) notes.push("made in this account");
  return (
    <>
      <Text size="sm" fw={500} span display="block">
        {fieldName(field.name)}
      </Text>
      <Text size="xs" c="dimmed" span display="block" lineClamp={1}>
        {field.samples.join(" · ") || "no values seen"} ({notes.join(", ")})
      </Text>
    </>
  );
}
