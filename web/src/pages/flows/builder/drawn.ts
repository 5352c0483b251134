// The graph as the canvas library takes it. Sizes and ends are told beforehand: nothing has to be
// measured before it is drawn. No components.
import { Position } from "@xyflow/react";

import type { Problem } from "../../../api/building";
import type { FlowDocument, Spot } from "../../../canvas/flow";
import type { Graph, GraphNode } from "../../../canvas/graph";
import type { Box, LineEdge } from "./boxes";
import { problemsOf } from "./context";
import { stepSays, stepTitle, triggerTitle } from "./words";

type Choose = (place: string) => void;
type Insert = (spot: Spot) => void;

export function nodesOf(
  graph: Graph,
  document: FlowDocument,
  problems: Problem[],
  choose: Choose,
  insert: Insert,
): Box[] {
  return graph.nodes.map((node) => ({
    id: node.id,
    type: node.type,
    position: node.position,
    width: node.width,
    height: node.height,
    measured: { width: node.width, height: node.height },
    handles: endsOf(node),
    draggable: node.type === "step",
    data: {
      ...wordsOf(node, document),
      problems: node.step || node.type === "trigger" ? problemsOf(problems, node.id).length : 0,
      isChosen: false,
      spot: node.spot,
      choose,
      insert,
    },
  }));
}

function wordsOf({ type, step }: GraphNode, { trigger }: FlowDocument) {
  if (step) return { kind: step.kind, title: stepTitle(step), says: stepSays(step) };
  if (type !== "trigger") return { kind: type, title: "Add a step", says: "" };
  return { kind: type, title: triggerTitle(trigger), says: String(trigger.connection ?? "") };
}

const endsOf = ({ width, height }: GraphNode) => [
  { type: "target" as const, position: Position.Top, x: width / 2, y: 0, width: 1, height: 1 },
  {
    type: "source" as const,
    position: Position.Bottom,
    x: width / 2,
    y: height,
    width: 1,
    height: 1,
  },
];

export const edgesOf = (graph: Graph, insert: Insert, aim: Spot | null): LineEdge[] =>
  graph.edges.map(({ id, source, target, label, spot, point }) => ({
    id,
    source,
    target,
    type: "line",
    data: {
      label,
      spot,
      point,
      isAimedAt: aim !== null && spot?.list === aim.list && spot.at === aim.at,
      insert,
    },
  }));
