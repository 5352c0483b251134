import "@xyflow/react/dist/style.css";

import { useComputedColorScheme } from "@mantine/core";
import {
  applyNodeChanges,
  Background,
  Controls,
  type NodeChange,
  ReactFlow,
  type ReactFlowInstance,
} from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";

import type { Piece } from "../../../canvas/edits";
import type { Spot } from "../../../canvas/flow";
import { BOX, flowToGraph, type Point, spotNear } from "../../../canvas/graph";
import { type Box, EDGES, type LineEdge, NODES } from "./boxes";
import { useBuilding } from "./context";
import { edgesOf, nodesOf } from "./drawn";
import { PIECE } from "./Palette";

interface CanvasProps {
  /** Counts up whenever the picture is to be tidied. */
  tidied: number;
  insert: (spot: Spot) => void;
  drop: (piece: Piece, spot: Spot) => void;
  move: (place: string, spot: Spot) => boolean;
}

type Offsets = Record<string, Point>;
const NONE: Offsets = {};

/** The flow as boxes and lines. Where a person pulls a box is theirs, and lasts until it is tidied. */
export function Canvas({ tidied, insert, drop, move }: CanvasProps) {
  const { document, chosen, choose, problems } = useBuilding();
  const scheme = useComputedColorScheme();
  const [flow, setFlow] = useState<ReactFlowInstance<Box, LineEdge> | null>(null);
  const [aim, setAim] = useState<Spot | null>(null);
  const graph = useMemo(() => flowToGraph(document), [document]);
  const [pulled, setPulled] = useState({ graph, tidied, at: NONE });
  const at = pulled.graph === graph && pulled.tidied === tidied ? pulled.at : NONE;
  const drawn = useMemo(
    () => nodesOf(graph, document, problems, choose, insert),
    [graph, document, problems, choose, insert],
  );
  const nodes = useMemo(
    () =>
      drawn.map((each) => {
        const position = at[each.id];
        const isChosen = each.id === chosen;
        if (!position && !isChosen) return each;
        return { ...each, position: position ?? each.position, data: { ...each.data, isChosen } };
      }),
    [drawn, at, chosen],
  );
  const edges = useMemo(() => edgesOf(graph, insert, aim), [graph, insert, aim]);
  const pull = (changes: NodeChange<Box>[]) => {
    const positions = changes.filter((each) => each.type === "position");
    if (positions.length === 0) return;
    const next = { ...at };
    for (const each of applyNodeChanges(positions, nodes)) {
      if (positions.some((one) => one.id === each.id)) next[each.id] = each.position;
    }
    setPulled({ graph, tidied, at: next });
  };
  const release = (_event: unknown, node: Box) => {
    const middle = { x: node.position.x + BOX.width / 2, y: node.position.y + BOX.height / 2 };
    const spot = spotNear(graph, middle);
    if (spot) move(node.id, spot);
  };
  const spotOfPointer = (event: React.DragEvent) =>
    flow && spotNear(graph, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
  useEffect(() => {
    if (tidied > 0) void flow?.fitView({ maxZoom: 1, padding: 0.1 });
  }, [flow, tidied]);
  useReveal(flow, nodes, chosen);
  return (
    <div
      className="canvas"
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(PIECE)) return;
        event.preventDefault();
        const spot = spotOfPointer(event);
        if (spot?.list !== aim?.list || spot?.at !== aim?.at) setAim(spot ?? null);
      }}
      onDragLeave={() => setAim(null)}
      onDrop={(event) => {
        const told = event.dataTransfer.getData(PIECE);
        const spot = spotOfPointer(event);
        setAim(null);
        if (!told || !spot) return;
        event.preventDefault();
        drop(JSON.parse(told) as Piece, spot);
      }}
    >
      <ReactFlow<Box, LineEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={NODES}
        edgeTypes={EDGES}
        onInit={setFlow}
        onNodesChange={pull}
        onNodeDragStop={release}
        colorMode={scheme}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        panOnScroll
        minZoom={0.1}
        fitView
        fitViewOptions={{ nodes: graph.nodes.slice(0, 6), maxZoom: 1, minZoom: 0.5 }}
      >
        <Background />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

const MARGIN = 20;

/** Bring the chosen box into view: the keyboard may lead anywhere. */
function useReveal(
  flow: ReactFlowInstance<Box, LineEdge> | null,
  nodes: Box[],
  chosen: string,
): void {
  const node = nodes.find((each) => each.id === chosen);
  const { x, y } = node?.position ?? { x: 0, y: 0 };
  useEffect(() => {
    const frame = document.querySelector(".canvas")?.getBoundingClientRect();
    if (!flow || !frame) return;
    const corner = flow.flowToScreenPosition({ x, y });
    const end = flow.flowToScreenPosition({ x: x + BOX.width, y: y + BOX.height });
    const isSeen =
      corner.y >= frame.top + MARGIN &&
      end.y <= frame.bottom - MARGIN &&
      corner.x >= frame.left &&
      end.x <= frame.right;
    if (!isSeen) {
      const zoom = flow.getZoom();
      void flow.setCenter(x + BOX.width / 2, y + BOX.height / 2, { zoom });
    }
    // the box alone decides: whoever has scrolled away meanwhile is left there
    // eslint-disable-next-line react-hooks/exhaustive-deps -- while a box is pulled, x and y follow the pointer
  }, [flow, chosen]);
}
