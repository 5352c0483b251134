import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";

import { type Tested, testFlow } from "../../../api/building";
import { sentenceOf } from "../../../api/client";
import { type FlowDocument, type Step, stepAt, TRIGGER } from "../../../canvas/flow";
import { isWithinEach, type Leaf, leaves, standIn } from "../../../canvas/sight";
import type { Sight } from "./context";

const TYPING = 500;

/** Ask dry tests what the chosen step can read, and what its templates come to. */
export function useSightOf(document: FlowDocument, place: string): Sight {
  const step = stepAt(document, place);
  const isEach = place !== TRIGGER && isWithinEach(document, place);
  const seen: Record<string, string> = isEach
    ? { item: "{{item}}", index: "{{index}}", now: "{{now}}" }
    : { now: "{{now}}" };
  const asked = step ? standIn(document, place, seen) : null;
  const samples = useTest(asked, step?.id);
  const templates = step ? templatesOf(step) : [];
  const named = Object.fromEntries(templates.map((each, at) => [`v${at}`, each]));
  const shown = useTest(
    templates.length && step ? standIn(document, place, named) : null,
    step?.id,
  );
  const told = shown.data?.steps.at(-1);
  const output = (told?.output ?? {}) as Record<string, unknown>;
  const found = Object.keys(output).map((name): [string, unknown] => [
    templates[Number(name.slice(1))] ?? "",
    output[name],
  ]);
  return {
    leaves: samples.data ? leavesOf(samples.data, step?.id ?? "") : [],
    whence: samples.error ? sentenceOf(samples.error) : (samples.data?.whence ?? ""),
    previews: new Map(told?.error ? [] : found),
    wrong: shown.error ? sentenceOf(shown.error) : (told?.error ?? null),
  };
}

function useTest(document: FlowDocument | null, step: string | undefined) {
  const [key] = useDebouncedValue(document && JSON.stringify(document), TYPING);
  return useQuery({
    queryKey: ["flow-sight", key, step],
    queryFn: () => testFlow(JSON.parse(key ?? "") as FlowDocument, { step }),
    enabled: Boolean(key) && Boolean(step),
    staleTime: Infinity,
    gcTime: TYPING * 120,
    retry: false,
    placeholderData: (before) => before,
  });
}

function leavesOf(tested: Tested, own: string): Leaf[] {
  const found = leaves("trigger", tested.item, "What started it");
  for (const each of tested.steps) {
    const output = (each.output ?? {}) as Record<string, unknown>;
    const isOwn = each.step === own;
    if (isOwn || each.kind === "set_values") {
      for (const [name, value] of Object.entries(output)) {
        found.push(
          ...leaves(isOwn ? name : `values.${name}`, value, isOwn ? "Here" : titleOf(each)),
        );
      }
    } else {
      found.push(...leaves(`steps.${each.step}`, each.output, titleOf(each)));
    }
  }
  return found;
}

const titleOf = (told: { title: string | null; step: string }) => told.title ?? told.step;

/** What holds other steps: their texts are theirs. */
const WITHIN = ["steps", "otherwise", "ways"];

/** Return the texts of a step with expressions in them, each once. */
export function templatesOf(step: Step): string[] {
  const own = Object.entries(step).filter(([name]) => !WITHIN.includes(name));
  return [...new Set(own.flatMap(([, each]) => textsOf(each)))].filter((each) =>
    each.includes("{{"),
  );
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}
