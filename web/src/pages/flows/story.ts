// Two versions of a flow as people tell what lies between them. No components.
import { stepPairs, type StepPair } from "../../canvas/changes";
import {
  type FlowDocument,
  nestedOf,
  ownerOf,
  type Placed,
  placeAt,
  spotOf,
  stepAt,
} from "../../canvas/flow";
import { stepSays, stepTitle } from "./builder/words";
import { type Difference, stepDifferences, triggerDifferences } from "./settings";

export interface Change {
  /** "Changed", "Added", "Taken away", "Moved". */
  how: string;
  title: string;
  /** Where it stands: "after “Filter”, in “VIP” of “Branch”". */
  where: string;
  lines: Difference[];
}

/** What changed, and between it the titles of the steps that did not. */
export type Told = { change: Change } | { same: string[] };

/** Return what changed from one version to another, from the trigger to the last step. */
export function story(before: FlowDocument, after: FlowDocument): Told[] {
  const steps = stepPairs(before, after).map((each) => stepTold(each, before, after));
  return folded([...flowTold(before, after), ...steps]);
}

type One = { change: Change } | { same: string };

function flowTold(before: FlowDocument, after: FlowDocument): One[] {
  const titles = { label: "Title", before: before.title ?? null, after: after.title ?? null };
  const trigger = triggerDifferences(before.trigger, after.trigger);
  return [
    ...(titles.before === titles.after ? [] : [changed("The flow", [titles])]),
    trigger.length > 0 ? changed("What starts it", trigger) : { same: "What starts it" },
  ];
}

const changed = (title: string, lines: Difference[]): One => ({
  change: { how: "Changed", title, where: "", lines },
});

function stepTold(pair: StepPair, before: FlowDocument, after: FlowDocument): One {
  const [one, other] = [pair.before, pair.after];
  const placed = (other ?? one) as Placed;
  const title = stepTitle(placed.step);
  const where = other ? placeWords(after, other.place) : placeWords(before, placed.place);
  const lines = [...moving(pair, before, after), ...stepDifferences(one?.step, other?.step)];
  if (!one || !other) {
    const said = stepSays(placed.step);
    const how = one ? "Taken away" : "Added";
    return { change: { how, title: said ? `${title} (${said})` : title, where, lines } };
  }
  if (lines.length === 0) return { same: title };
  return { change: { how: pair.moved ? "Moved" : "Changed", title, where, lines } };
}

function moving(pair: StepPair, before: FlowDocument, after: FlowDocument): Difference[] {
  const { before: one, after: other, moved, oldName } = pair;
  const name = {
    label: "Name for later steps",
    before: oldName ?? "",
    after: other?.step.id ?? "",
  };
  const place = {
    label: "Place",
    before: one ? placeWords(before, one.place) : null,
    after: other ? placeWords(after, other.place) : null,
  };
  return [...(moved ? [place] : []), ...(oldName ? [name] : [])];
}

/** "after “Filter”, in “VIP” of “Branch”". */
export function placeWords(document: FlowDocument, place: string): string {
  const { list, at } = spotOf(place);
  const above = at > 0 ? stepAt(document, placeAt({ list, at: at - 1 })) : undefined;
  const stands = above ? `after “${stepTitle(above)}”` : "first";
  const owner = ownerOf(list);
  const step = owner === null ? undefined : stepAt(document, owner);
  if (owner === null || !step) return stands;
  const within = nestedOf(step, owner).find((each) => each.place === list);
  const way = step.kind === "branch" && within ? `“${within.label}” of ` : "";
  return `${stands}, in ${way}“${stepTitle(step)}”`;
}

function folded(told: One[]): Told[] {
  const found: Told[] = [];
  for (const each of told) {
    const last = found.at(-1);
    if ("change" in each) found.push(each);
    else if (last && "same" in last) last.same.push(each.same);
    else found.push({ same: [each.same] });
  }
  return found;
}
