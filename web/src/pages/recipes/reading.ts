// A recipe's open parts as the server tells them, read into what the pages show. No components.
import type { Recipe, RecipeDetail } from "../../api/recipes";

export interface Part {
  name: string;
  records: string;
  direction: string;
  optional: boolean;
}

export const readSyncs = (syncs: RecipeDetail["syncs"]): Part[] =>
  syncs.map((each) => ({
    name: String(each.name),
    records: String(each.records),
    direction: String(each.direction ?? "both"),
    optional: each.optional === true,
  }));

export const readSteps = (steps: RecipeDetail["steps"]): string[] =>
  steps.map((each) => String(each.does ?? "")).filter(Boolean);

export interface Question {
  name: string;
  question: string;
  fallback: string | null;
  optional: boolean;
  choice: { app: string; operation: string; input: string; given: Record<string, string> } | null;
}

export const readAsks = (asks: RecipeDetail["asks"]): Question[] =>
  Object.entries(asks).map(([name, ask]) => ({
    name,
    question: String(ask.question),
    fallback: typeof ask.default === "string" ? ask.default : null,
    optional: ask.optional === true,
    choice: (ask.choice ?? null) as Question["choice"],
  }));

/** The connections that each app of a recipe could use; one that is alone is chosen already. */
export function candidates(recipe: RecipeDetail): Record<string, string[]> {
  return Object.fromEntries(
    recipe.apps.map((app) => [
      app,
      recipe.connections.filter((each) => each.app === app).map((each) => each.connection),
    ]),
  );
}

export function firstChoice(found: Record<string, string[]>): Record<string, string> {
  const alone = Object.entries(found).filter(([, names]) => names.length === 1);
  return Object.fromEntries(alone.map(([app, names]) => [app, names[0] ?? ""]));
}

/** What a person may want something to happen with, and the words that recipes use for it. */
const PURPOSES: Record<string, RegExp> = {
  contacts: /contact|profile|lead/i,
  tasks: /task/i,
  notes: /note/i,
  appointments: /appointment/i,
  tags: /tag|business/i,
  messages: /message|campaign/i,
  opportunities: /opportunit|pipeline|stage|lifecycle/i,
};

export const PURPOSE_NAMES = Object.keys(PURPOSES);

/** Whether a recipe serves a purpose; by none, every one does. */
export function serves(recipe: Recipe, purpose: string): boolean {
  const wanted = PURPOSES[purpose];
  const records = recipe.parts.map((each) => each.records);
  return !wanted || wanted.test([recipe.name, recipe.what, recipe.result, ...records].join(" "));
}
