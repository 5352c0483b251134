import { Autocomplete, Button, Group, NativeSelect, Stack, Table, Text } from "@mantine/core";

import { fieldName } from "../../../words/names";
import { count } from "../../../words/format";
import { isWhole, type MapLine, unnamed, withSeen } from "./rows";

type Pair = [string, string];

interface WordsProps {
  line: MapLine;
  /** The words that the apps hold today. */
  seen: Record<"a" | "b", string[]>;
  names: Record<"a" | "b", string>;
  replace: (line: MapLine, tag?: string) => void;
}

/** Words of the one app with their partners in the other, and what happens to any other word. */
export function Words({ line, seen, names, replace }: WordsProps) {
  const words = line.value_map ?? [];
  const label = fieldName(line.a);
  const shown: Pair[] = words.length > 0 ? words : [["", ""]];
  const set = (to: Pair[], tag?: string) => replace({ ...line, value_map: to }, tag);
  const word = (at: number, place: 0 | 1, text: string) =>
    set(
      shown.map((each, row) =>
        row !== at ? each : place === 0 ? [text, each[1]] : [each[0], text],
      ),
      `word ${at} ${place}`,
    );
  const left = {
    a: withSeen(words, seen.a, seen.b).slice(words.length),
    b: unnamed(words, seen.b),
  };
  const unfinished = words.filter((each) => !isWhole(each)).length;
  return (
    <Stack gap="xs">
      <Table maw={620} verticalSpacing={4} aria-label={`Words of ${label}`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{names.a}</Table.Th>
            <Table.Th>{names.b}</Table.Th>
            <Table.Td />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((each, at) => (
            <Table.Tr key={at}>
              {(["a", "b"] as const).map((side, place) => (
                <Table.Td key={side}>
                  <Autocomplete
                    aria-label={`Word ${at + 1} of ${names[side]} for ${label}`}
                    data={[...new Set(seen[side])]}
                    value={each[place]}
                    onChange={(text) => word(at, place === 0 ? 0 : 1, text)}
                  />
                </Table.Td>
              ))}
              <Table.Td>
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`Take away word ${at + 1} of ${label}`}
                  onClick={() => set(shown.toSpliced(at, 1))}
                >
                  Take away
                </Button>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group gap="xs">
        <Button size="compact-sm" variant="default" onClick={() => set([...shown, ["", ""]])}>
          Add a word
        </Button>
        {left.a.length > 0 && (
          <Button size="compact-sm" variant="default" onClick={() => set([...words, ...left.a])}>
            Add the words seen in {names.a}
          </Button>
        )}
      </Group>
      {unfinished > 0 && (
        <Text size="sm" role="status">
          {count(unfinished, "row")} with only one word: such a word counts as not in the list.
        </Text>
      )}
      {left.b.length > 0 && (
        <Text size="sm" c="dimmed">
          Without a partner in {names.b}: {left.b.join(", ")}.
        </Text>
      )}
      <NativeSelect
        label="A word that is not in the list"
        maw={420}
        value={line.unknown ?? "pass"}
        data={[
          { value: "pass", label: "travels as it is" },
          { value: "drop", label: "is left alone on both sides" },
          { value: "refuse", label: "makes the record wait for a person" },
        ]}
        onChange={(event) => replace({ ...line, unknown: event.currentTarget.value })}
      />
    </Stack>
  );
}
