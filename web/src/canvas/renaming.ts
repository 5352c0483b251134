// Another name for a step, and for everything that reads what it gives. No components.
import { allSteps, type FlowDocument, stepAt, written } from "./flow";

/** One token of an expression, as core/template/tokens.py cuts it. */
const TOKEN =
  /\s*(?:(\}\})|([A-Za-z_][A-Za-z0-9_-]*)|(-?[0-9]+(?:\.[0-9]+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([.|:,[\]]))/sy;
const OPENING = /\{\{(?!\{)/g;

/** Give a step another name; null where another step has it, or none would change. */
export function renamed(document: FlowDocument, place: string, id: string): FlowDocument | null {
  const step = stepAt(document, place);
  if (!step || step.id === id || !id) return null;
  if (allSteps(document.steps).some((each) => each.step.id === id)) return null;
  const own = written(document, `${place}.id`, id);
  return { ...own, steps: within(own.steps, step.id, id) };
}

/** Where the walk is: among a step's own entries, in what it hands over, in conditions. */
type Within = "step" | "given" | "where";

function within<T>(value: T, from: string, to: string, at: Within = "step", name = ""): T {
  if (typeof value === "string") {
    // a condition's field is an expression without braces
    const isBare = at === "where" && name === "field";
    return (isBare ? inExpression(value, from, to) : inText(value, from, to)) as T;
  }
  if (Array.isArray(value)) return value.map((each: unknown) => within(each, from, to, at)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]: [string, unknown]) => [
      key,
      within(each, from, to, at === "step" ? leadsTo(key) : at, key),
    ]),
  ) as T;
}

function leadsTo(key: string): Within {
  if (key === "inputs" || key === "values") return "given";
  return key === "where" ? "where" : "step";
}

/** A text with every expression in it that reads the step. */
export function inText(text: string, from: string, to: string): string {
  let told = "";
  let at = 0;
  for (const opening of text.matchAll(OPENING)) {
    if (opening.index < at) continue; // braces within a text of an expression
    const start = opening.index + 2;
    const end = endOf(text, start);
    told += text.slice(at, start) + inExpression(text.slice(start, end), from, to);
    at = end;
  }
  return told + text.slice(at);
}

interface Token {
  text: string;
  start: number;
}

function tokensOf(text: string, start = 0): Token[] {
  const found: Token[] = [];
  TOKEN.lastIndex = start;
  for (let each = TOKEN.exec(text); each !== null; each = TOKEN.exec(text)) {
    const token = each.slice(1).find((group) => group !== undefined) ?? "";
    found.push({ text: token, start: TOKEN.lastIndex - token.length });
    if (token === "}}") break;
  }
  return found;
}

const endOf = (text: string, start: number) => {
  const last = tokensOf(text, start).at(-1);
  return last?.text === "}}" ? last.start : start;
};

/** An expression in which the step is read under its new name: `steps.x…` and `steps["x"]…`. */
function inExpression(text: string, from: string, to: string): string {
  const tokens = tokensOf(text);
  let told = "";
  let at = 0;
  tokens.forEach((token, number) => {
    const before = tokens[number - 1]?.text;
    const [sign, name] = [tokens[number + 1], tokens[number + 2]];
    if (token.text !== "steps" || before === "." || before === "|" || !sign || !name) return;
    const isPlain = sign.text === "." && name.text === from;
    const isQuoted = sign.text === "[" && name.text.slice(1, -1) === from;
    if (!isPlain && !isQuoted) return;
    told += text.slice(at, name.start) + (isPlain ? to : `"${to}"`);
    at = name.start + name.text.length;
  });
  return told + text.slice(at);
}
