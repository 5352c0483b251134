// A flow's document as boxes and lines. Where a box stands follows from the nesting alone: the
// document holds no positions, and two people see the same picture. No components.
import { type FlowDocument, nestedOf, placeAt, type Spot, type Step, TRIGGER } from "./flow";

export const BOX = { width: 240, height: 72 };
const SLOT = { width: 160, height: 36 };
const JOIN = { width: 10, height: 10 };
const BETWEEN = 64;
const BESIDE = 40;
/** How far from its box the spot for an insertion lies. */
const REACH = 24;

export interface Point {
  x: number;
  y: number;
}

export interface GraphNode {
  /** The place in the document; slots and joins have ids of their own. */
  id: string;
  type: "trigger" | "step" | "slot" | "join";
  position: Point;
  width: number;
  height: number;
  step?: Step;
  spot?: Spot;
}

export interface GraphEdge {
  id: string;
  source: string;
  target: string;
  label?: string;
  /** Where a step that is dropped on the line goes, and where that is on the canvas. */
  spot?: Spot;
  point: Point;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

type Lines = Omit<GraphEdge, "id">;

/** Lay a flow out: lists from top to bottom, ways side by side, joined again below. */
export function flowToGraph(document: FlowDocument): Graph {
  const drawing = new Drawing();
  drawing.box(TRIGGER, "trigger", { x: 0, y: 0 }, BOX);
  const top = BOX.height + BETWEEN;
  const below = drawing.list(document.steps, "steps", { x: 0, y: top }, { id: TRIGGER });
  const spot = { list: "steps", at: document.steps.length };
  drawing.box("end", "slot", { x: 0, y: below.y }, SLOT, { spot });
  drawing.line({ source: below.last, target: "end", point: { x: 0, y: below.y - REACH } });
  return drawing.graph;
}

function widthOfList(steps: Step[]): number {
  return Math.max(BOX.width, ...steps.map(widthOf));
}

function widthOf(step: Step): number {
  const lists = nestedOf(step, "");
  const widths = lists.map((each) => widthOfList(each.steps));
  return widths.reduce((sum, each) => sum + each, BESIDE * Math.max(0, lists.length - 1));
}

class Drawing {
  readonly graph: Graph = { nodes: [], edges: [] };

  /** `at` is the middle of its upper edge. */
  box(
    id: string,
    type: GraphNode["type"],
    at: Point,
    size: { width: number; height: number },
    more: Pick<GraphNode, "step" | "spot"> = {},
  ): void {
    const position = { x: at.x - size.width / 2, y: at.y };
    this.graph.nodes.push({ id, type, position, ...size, ...more });
  }

  line(line: Lines): void {
    this.graph.edges.push({ id: `${line.source} > ${line.target}`, ...line });
  }

  /** Draw a list of steps; return what its last box is and where the next one may stand. */
  list(
    steps: Step[],
    list: string,
    at: Point,
    from: { id: string; label?: string },
  ): { y: number; last: string } {
    let { y } = at;
    let above = from;
    steps.forEach((step, number) => {
      const spot = { list, at: number };
      const place = placeAt(spot);
      this.box(place, "step", { x: at.x, y }, BOX, { step });
      const point = { x: at.x, y: y - REACH };
      this.line({ source: above.id, target: place, label: above.label, spot, point });
      y += BOX.height + BETWEEN;
      above = { id: place };
      const below = this.ways(step, place, { x: at.x, y });
      if (below !== null) {
        y = below + JOIN.height + BETWEEN;
        above = { id: `${place} join` };
      }
    });
    return { y, last: above.id };
  }

  /** Draw the lists within a step side by side; return where they are joined, null without any. */
  private ways(step: Step, place: string, at: Point): number | null {
    const lists = nestedOf(step, place);
    if (lists.length === 0) return null;
    let left = at.x - widthOf(step) / 2;
    const ends = lists.map(({ steps, place: list, label }) => {
      const width = widthOfList(steps);
      const x = left + width / 2;
      left += width + BESIDE;
      const end = { list, at: steps.length };
      if (steps.length === 0) return this.slot(place, end, label, { x, y: at.y });
      const drawn = this.list(steps, list, { x, y: at.y }, { id: place, label });
      return { ...drawn, x, spot: end };
    });
    const join = `${place} join`;
    const y = Math.max(...ends.map((each) => each.y));
    this.box(join, "join", { x: at.x, y }, JOIN);
    for (const { last, spot, x, y: own } of ends) {
      const point = { x, y: own - BETWEEN + REACH };
      this.line({ source: last, target: join, spot, point });
    }
    return y;
  }

  private slot(place: string, spot: Spot, label: string, at: Point) {
    const id = `${spot.list} slot`;
    this.box(id, "slot", at, SLOT, { spot });
    this.line({ source: place, target: id, label, point: { x: at.x, y: at.y - REACH } });
    return { y: at.y + SLOT.height + BETWEEN, last: id, x: at.x, spot: undefined };
  }
}

/** Return where a step goes that is let go at a point; null where nothing is near. */
export function spotNear({ nodes, edges }: Graph, at: Point, reach = 130): Spot | null {
  const spots = [
    ...edges.map(({ spot, point }) => ({ spot, ...point })),
    ...nodes
      .filter((each) => each.type === "slot")
      .map(({ spot, position, width, height }) => ({
        spot,
        x: position.x + width / 2,
        y: position.y + height / 2,
      })),
  ].filter((each) => each.spot !== undefined);
  const far = (each: Point) => Math.hypot(each.x - at.x, each.y - at.y);
  const nearest = spots.toSorted((one, other) => far(one) - far(other))[0];
  return nearest?.spot && far(nearest) <= reach ? nearest.spot : null;
}
