import { List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { flowDocument } from "../../api/building";
import { isShown, nestedOf, type Step } from "../../canvas/flow";
import { Loaded } from "../../components/Waiting";
import { operationName, stepSays, stepTitle, triggerTitle } from "./builder/words";

/** The titles of these triggers leave nothing to be said. */
const SAY_IT_ALL = ["bridge", "manual"];

/** What a flow does, step by step; what stands within a step is set in below it. */
export function Outline({ name, starts }: { name: string; starts: string | null }) {
  const query = useQuery(flowDocument(name));
  return (
    <Loaded query={query} what="the steps">
      {(document) =>
        isShown(document) ? (
          <List type="ordered" spacing={4}>
            <List.Item>
              {triggerTitle(document.trigger)}
              {SAY_IT_ALL.includes(document.trigger.kind) || <Dimmed>{starts}</Dimmed>}
            </List.Item>
            <Lines steps={document.steps} />
          </List>
        ) : (
          <Text c="dimmed">The draft is not whole yet: the builder shows what is missing.</Text>
        )
      }
    </Loaded>
  );
}

function Lines({ steps }: { steps: Step[] }) {
  return steps.map((step) => (
    <List.Item key={step.id}>
      {stepTitle(step)}
      <Dimmed>{about(step)}</Dimmed>
      {nestedOf(step, "")
        .filter((each) => each.steps.length > 0)
        .map((each) => (
          <List key={each.place} listStyleType="none" withPadding spacing={4}>
            <List.Item>
              {each.label}:
              <List type="ordered" withPadding spacing={4}>
                <Lines steps={each.steps} />
              </List>
            </List.Item>
          </List>
        ))}
    </List.Item>
  ));
}

/** Beside a title of its own it is also said what a step calls. */
function about(step: Step): string {
  const said = stepSays(step);
  if (step.kind !== "action" || !step.title || !step.operation) return said;
  return `${operationName(String(step.operation))}, in ${said}`;
}

function Dimmed({ children }: { children: string | null }) {
  if (!children) return null;
  return (
    <Text span size="sm" c="dimmed" ml="xs">
      {children}
    </Text>
  );
}
