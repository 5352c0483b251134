import { Button, Stack, Table, Text } from "@mantine/core";
import { Fragment, useState } from "react";

import type { Person, PersonField, Spoken } from "../../api/contacts";
import { Only } from "../../components/Only";
import { Section } from "../../components/Page";
import { State } from "../../components/State";
import { When } from "../../components/When";
import { decidedBy, sameness, waitsWord, wroteWord } from "../../words/contacts";
import { formatValue } from "../../words/format";
import { fieldName } from "../../words/names";
import { EditField } from "./EditField";

/** Which app says what, field by field: one table for each sync that keeps some of them. */
export function Fields({ person }: { person: Person }) {
  const syncs = [...new Set(person.fields.map((each) => each.sync))];
  return (
    <Section title="Which app says what">
      <Stack>
        {syncs.length === 0 && <Text c="dimmed">No sync maps a field of this person.</Text>}
        {syncs.map((sync) => (
          <OfSync
            key={sync}
            sync={sync}
            person={person}
            fields={person.fields.filter((each) => each.sync === sync)}
          />
        ))}
      </Stack>
    </Section>
  );
}

interface OfSyncProps {
  sync: string;
  person: Person;
  fields: PersonField[];
}

function OfSync({ sync, person, fields }: OfSyncProps) {
  const [edited, setEdited] = useState<string | null>(null);
  const apps = fields[0]?.values.map((each) => each.connection) ?? [];
  const isLinked = apps.length > 1;
  return (
    <div className="panel tight">
      <Table miw={680} verticalSpacing={6} aria-label={`Fields, kept by the sync ${sync}`}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Field</Table.Th>
            {apps.map((app) => (
              <Table.Th key={app}>{app}</Table.Th>
            ))}
            <Table.Th>Do they agree?</Table.Th>
            <Table.Th>Whose word counts</Table.Th>
            {isLinked && (
              <Only>
                <Table.Th>Edit</Table.Th>
              </Only>
            )}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {fields.map((field) => (
            <Fragment key={field.field}>
              <Table.Tr data-differs={field.same === false || undefined} className="said">
                <Table.Th scope="row">{fieldName(field.field)}</Table.Th>
                {field.values.map((each) => (
                  <Table.Td key={each.connection}>
                    <Said spoken={each} />
                  </Table.Td>
                ))}
                <Table.Td>
                  <State tone={sameness(field).tone}>{sameness(field).word}</State>
                </Table.Td>
                <Table.Td>
                  <Text size="sm">{decidedBy(field)}</Text>
                </Table.Td>
                {isLinked && (
                  <Only>
                    <Table.Td>
                      <Button
                        size="compact-sm"
                        variant="default"
                        aria-label={`Edit ${fieldName(field.field)}`}
                        aria-expanded={edited === field.field}
                        onClick={() => setEdited(edited === field.field ? null : field.field)}
                      >
                        Edit
                      </Button>
                    </Table.Td>
                  </Only>
                )}
              </Table.Tr>
              {edited === field.field && (
                <Table.Tr>
                  <Table.Td colSpan={apps.length + 4}>
                    <EditField person={person.id} field={field} close={() => setEdited(null)} />
                  </Table.Td>
                </Table.Tr>
              )}
            </Fragment>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

/** A field at one app: its value, what is on its way to it, and why it holds what it does. */
function Said({ spoken }: { spoken: Spoken }) {
  return (
    <>
      <Text size="sm" className="value">
        {spoken.known ? formatValue(spoken.value) : "not read"}
      </Text>
      {spoken.waits && (
        <State tone={spoken.waits.state === "failed" ? "bad" : "busy"}>
          {waitsWord(spoken.waits)}
        </State>
      )}
      {spoken.refused && (
        <State tone="bad">
          Refused <When at={spoken.refused.at} />: {spoken.refused.sentence}
        </State>
      )}
      {spoken.wrote && (
        <Text size="xs" c="dimmed">
          Written <When at={spoken.wrote.at} />
          {wroteWord(spoken.wrote)}
        </Text>
      )}
    </>
  );
}
