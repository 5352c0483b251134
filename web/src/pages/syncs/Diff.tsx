import { Stack, Table, Text } from "@mantine/core";

import { formatValue } from "../../words/format";
import { BECAME, fieldName, plannedName } from "../../words/names";
import type { Ends, PlannedItem } from "../../words/plans";

/** What happens to each record, field by field: before, after, and why. */
export function Diff({ items, ends }: { items: PlannedItem[]; ends: Ends }) {
  if (items.length === 0) return <Text c="dimmed">There is nothing of this kind.</Text>;
  return (
    <div className="panel tight">
      <Table miw={720} verticalSpacing="xs" aria-label="Record by record">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Record</Table.Th>
            <Table.Th>What</Table.Th>
            <Table.Th>In</Table.Th>
            <Table.Th>Fields: before and after</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((each) => (
            <Table.Tr key={each.id} style={{ verticalAlign: "top" }}>
              <Table.Td fw={500}>{each.record ?? "without a name"}</Table.Td>
              <Table.Td>
                {plannedName(each.what)}
                {BECAME[each.state ?? ""] && `: ${BECAME[each.state ?? ""]}`}
              </Table.Td>
              <Table.Td>{whereOf(each, ends)}</Table.Td>
              <Table.Td>
                <Fields item={each} ends={ends} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function whereOf(item: PlannedItem, ends: Ends): string {
  const sides = [...new Set((item.changes ?? []).map((each) => each.side))].sort();
  if (sides.length > 0) return sides.map((side) => ends[side]).join(" and ");
  return item.what === "link" ? "both" : "";
}

function Fields({ item, ends }: { item: PlannedItem; ends: Ends }) {
  const changes = item.changes ?? [];
  const both = new Set(changes.map((each) => each.side)).size > 1;
  return (
    <Stack gap={2}>
      {changes.map((each) => (
        <Text size="sm" key={`${each.side}.${each.field}`} component="div">
          <strong>{fieldName(each.field)}</strong>
          {both && ` in ${ends[each.side]}`}:{" "}
          {each.before !== null && (
            <>
              <del className="before">{formatValue(each.before)}</del>
              {" → "}
            </>
          )}
          <ins className="after">{formatValue(each.after)}</ins>{" "}
          {item.what === "update" && (
            <Text span size="xs" c="dimmed">
              {each.why}
            </Text>
          )}
        </Text>
      ))}
      {(item.conflicts ?? []).map((each) => (
        <Text size="sm" key={each.field} component="div">
          <strong>{fieldName(each.field)}</strong>: {ends.a} says {formatValue(each.a)}, {ends.b}{" "}
          says {formatValue(each.b)}
        </Text>
      ))}
      {(item.refused ?? []).map(
        (each) =>
          each.field && (
            <Text size="sm" key={each.field}>
              <strong>{fieldName(each.field)}</strong> is left as it is: {each.why}
            </Text>
          ),
      )}
      {item.matched_by && item.what === "link" && (
        <Text size="sm">The same {fieldName(item.matched_by).toLowerCase()}</Text>
      )}
      {(item.why ?? item.sentence) && <Text size="sm">{item.why ?? item.sentence}</Text>}
    </Stack>
  );
}
