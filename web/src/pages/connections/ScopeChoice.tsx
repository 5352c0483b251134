import { Checkbox, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { scopeReasons } from "../../api/connections";
import type { Schemas } from "../../api/client";
import { Loaded } from "../../components/Waiting";

type Reason = Schemas["ScopeReasonView"];

const NONE = "Needed to be connected at all.";

function because({ allows, needed_by: needed, asked }: Reason): string {
  const told = allows.length > 0 ? `To ${allows.join(", ")}.` : "";
  if (needed.length > 0) return `${told} Needed by ${needed.join(", ")}.`.trim();
  return told || (asked ? NONE : "");
}

/** What the app is asked to allow, each with its reason; what nothing needs yet can be added. */
export function ScopeChoice({
  connector,
  method,
  connection = "",
  recipe,
  added,
  change,
}: {
  connector: string;
  method: string;
  connection?: string;
  recipe?: string;
  added: string[];
  change: (added: string[]) => void;
}) {
  const query = useQuery(scopeReasons(connector, method, connection, recipe));
  return (
    <Loaded query={query} what="what it has to be allowed">
      {(found) =>
        found.length === 0 ? null : (
          <fieldset className="plain">
            <Text component="legend" size="sm" fw={500}>
              What Instep asks to be allowed
            </Text>
            <Text size="sm" c="dimmed">
              What is ticked for you is needed now. Add what you want to use later, or come back for
              it then.
            </Text>
            <Stack gap="xs" mt="xs">
              {found.map((each) => (
                <Checkbox
                  key={each.scope}
                  label={<code>{each.scope}</code>}
                  description={because(each)}
                  disabled={each.asked}
                  checked={each.asked || added.includes(each.scope)}
                  onChange={(event) =>
                    change(
                      event.currentTarget.checked
                        ? [...added, each.scope]
                        : added.filter((one) => one !== each.scope),
                    )
                  }
                />
              ))}
            </Stack>
          </fieldset>
        )
      }
    </Loaded>
  );
}
