// What a person does to a flow's document: every change gives a new one. No components.
import {
  allSteps,
  type FlowDocument,
  nestedOf,
  ownerOf,
  placeAt,
  type Spot,
  spotOf,
  type Step,
  stepAt,
  stepsAt,
  TRIGGER,
  written,
} from "./flow";

/** What lies in the palette: a kind of step, for an action with what it calls. */
export interface Piece {
  kind: string;
  title: string;
  connection?: string;
  operation?: string;
}

export interface Edited {
  document: FlowDocument;
  /** The step that is to be chosen after it. */
  place: string;
}

const LONGEST_ID = 40;

/** Make a name that paths can use out of any words. */
export function nameOf(words: string, otherwise: string): string {
  const name = words
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, LONGEST_ID);
  return name || otherwise;
}

/** Return a name for a new step that no step has. */
export function freshId(document: FlowDocument, words: string): string {
  const taken = new Set(allSteps(document.steps).map((each) => each.step.id));
  const name = nameOf(words, "step").slice(0, LONGEST_ID - 4);
  let id = name;
  for (let number = 2; taken.has(id); number += 1) id = `${name}_${number}`;
  return id;
}

const EMPTY_WHERE = { all: [] };

const CONTENT: Record<string, () => Record<string, unknown>> = {
  filter: () => ({ where: EMPTY_WHERE }),
  branch: () => ({ ways: [{ where: EMPTY_WHERE, steps: [] }], otherwise: [] }),
  for_each: () => ({ items: "", steps: [] }),
  delay: () => ({ seconds: 3600 }),
  sync_now: () => ({ sync: "" }),
  set_values: () => ({ values: { value: "" } }),
};

/** Make a step of a piece of the palette. */
export function made(document: FlowDocument, piece: Piece): Step {
  const { kind, connection, operation } = piece;
  const id = freshId(document, operation?.split(".").at(-1) ?? kind);
  if (kind !== "action") return { id, kind, ...CONTENT[kind]?.() };
  return { id, kind, connection: connection ?? "", operation: operation ?? "", inputs: {} };
}

export function inserted(document: FlowDocument, { list, at }: Spot, step: Step): Edited {
  const steps = stepsAt(document, list).toSpliced(at, 0, step);
  return { document: written(document, list, steps), place: placeAt({ list, at }) };
}

/** Return where a step goes that is put behind the chosen one. */
export function spotAfter(document: FlowDocument, place: string | null): Spot {
  if (place === TRIGGER) return { list: "steps", at: 0 };
  if (place === null || !stepAt(document, place)) {
    return { list: "steps", at: document.steps.length };
  }
  const { list, at } = spotOf(place);
  return { list, at: at + 1 };
}

export function removed(document: FlowDocument, place: string): Edited {
  const { list, at } = spotOf(place);
  const left = stepsAt(document, list).toSpliced(at, 1);
  const next = left.length ? placeAt({ list, at: Math.min(at, left.length - 1) }) : ownerOf(list);
  return { document: written(document, list, left), place: next ?? TRIGGER };
}

/** Put a step somewhere else; null where it would stand within itself, or stay where it is. */
export function moved(document: FlowDocument, place: string, to: Spot): Edited | null {
  const step = stepAt(document, place);
  const from = spotOf(place);
  if (!step || to.list.startsWith(`${place}.`)) return null;
  if (to.list === from.list && (to.at === from.at || to.at === from.at + 1)) return null;
  // a mark keeps the step's seat, so that the other place does not shift meanwhile
  const mark: Step = { id: "", kind: "" };
  const marked = written(document, place, mark);
  const both = inserted(marked, to, step).document;
  const seat = allSteps(both.steps).find((each) => each.step === mark);
  if (!seat) return null;
  const result = removed(both, seat.place).document;
  const found = allSteps(result.steps).find((each) => each.step === step);
  return { document: result, place: found?.place ?? TRIGGER };
}

/** Move a step to the seat above, into and out of the lists it passes. */
export function movedUp(document: FlowDocument, place: string): Edited | null {
  const { list, at } = spotOf(place);
  if (at > 0) {
    const before = placeAt({ list, at: at - 1 });
    const within = listsOf(document, before).at(-1);
    return moved(document, place, within ? endOf(within) : { list, at: at - 1 });
  }
  const owner = ownerOf(list);
  if (owner === null) return null;
  const lists = listsOf(document, owner);
  const beside = lists[lists.findIndex((each) => each.place === list) - 1];
  return moved(document, place, beside ? endOf(beside) : spotOf(owner));
}

/** Move a step to the seat below, into and out of the lists it passes. */
export function movedDown(document: FlowDocument, place: string): Edited | null {
  const { list, at } = spotOf(place);
  if (at < stepsAt(document, list).length - 1) {
    const after = placeAt({ list, at: at + 1 });
    const within = listsOf(document, after)[0];
    return moved(document, place, within ? { list: within.place, at: 0 } : { list, at: at + 2 });
  }
  const owner = ownerOf(list);
  if (owner === null) return null;
  const lists = listsOf(document, owner);
  const beside = lists[lists.findIndex((each) => each.place === list) + 1];
  if (beside) return moved(document, place, { list: beside.place, at: 0 });
  const out = spotOf(owner);
  return moved(document, place, { list: out.list, at: out.at + 1 });
}

const listsOf = (document: FlowDocument, place: string) => {
  const step = stepAt(document, place);
  return step ? nestedOf(step, place) : [];
};

const endOf = ({ place, steps }: { place: string; steps: Step[] }): Spot => ({
  list: place,
  at: steps.length,
});
