import { Alert, Stack, Text, Title } from "@mantine/core";

import type { Problem } from "../../../api/building";
import { stepAt, TRIGGER } from "../../../canvas/flow";
import { problemsOf, SightProvider, useBuilding } from "./context";
import { useSightOf } from "./sight";
import { StepForm } from "./StepForm";
import { TestForm } from "./TestForm";
import { TriggerForm } from "./TriggerForm";
import { stepTitle } from "./words";

export const PANEL_TITLE = "panel-title";

/** What the chosen box is, what is wrong with it, and how it is tried. */
export function Panel() {
  const { document, chosen, problems } = useBuilding();
  const sight = useSightOf(document, chosen);
  const step = stepAt(document, chosen);
  const own = problemsOf(problems, step ? chosen : TRIGGER);
  return (
    <SightProvider value={sight}>
      <Stack gap="sm" component="section" aria-labelledby={PANEL_TITLE} className="panel">
        <Title order={2} size="h4" id={PANEL_TITLE} tabIndex={-1}>
          {step ? stepTitle(step) : "What starts it"}
        </Title>
        <Problems problems={own} />
        {step ? (
          <StepForm key={`${chosen} ${step.id}`} step={step} place={chosen} />
        ) : (
          <TriggerForm />
        )}
        {step && (
          <details>
            <summary>Test this step</summary>
            <TestForm key={step.id} document={document} step={step.id} />
          </details>
        )}
      </Stack>
    </SightProvider>
  );
}

/** What is wrong, each with what to do; a click leads to where it is. */
export function Problems({
  problems,
  lead,
}: {
  problems: Problem[];
  lead?: (problem: Problem) => void;
}) {
  if (problems.length === 0) return null;
  return (
    <Alert variant="default" className="failed" role="status" aria-label="What is wrong">
      <Stack gap={4}>
        {problems.map((each) => (
          <Text size="sm" key={each.sentence}>
            {each.warning ? "Note: " : ""}
            {lead ? (
              <button type="button" className="as-link" onClick={() => lead(each)}>
                {each.sentence}
              </button>
            ) : (
              `${shortPlace(each.place)} ${each.what}. ${each.fix}`
            )}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}

/** The end of a place: that it is this step, everybody sees. */
function shortPlace(place: string): string {
  const end = place.split(".").at(-1) ?? place;
  return end.replace(/^(?:all|any)\[(\d+)\]$/, "Condition $1");
}
