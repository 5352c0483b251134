// The boxes and lines of the canvas. They are told everything by their data, so that of a hundred
// only those that change are drawn again.
import { VisuallyHidden } from "@mantine/core";
import {
  BaseEdge,
  type Edge,
  EdgeLabelRenderer,
  type EdgeProps,
  getSmoothStepPath,
  Handle,
  type Node,
  type NodeProps,
  Position,
} from "@xyflow/react";

import type { Spot } from "../../../canvas/flow";
import type { Point } from "../../../canvas/graph";

export interface BoxData extends Record<string, unknown> {
  kind: string;
  title: string;
  says: string;
  problems: number;
  isChosen: boolean;
  /** The seat of a slot. */
  spot?: Spot;
  choose: (place: string) => void;
  insert: (spot: Spot) => void;
}

export interface LineData extends Record<string, unknown> {
  label?: string;
  spot?: Spot;
  point: Point;
  isAimedAt: boolean;
  insert: (spot: Spot) => void;
}

export type Box = Node<BoxData>;
export type LineEdge = Edge<LineData>;

const Ends = () => (
  <>
    <Handle type="target" position={Position.Top} isConnectable={false} />
    <Handle type="source" position={Position.Bottom} isConnectable={false} />
  </>
);

function StepBox({ id, data }: NodeProps<Box>) {
  return (
    <>
      <button
        type="button"
        className="box"
        data-place={id}
        data-kind={data.kind}
        aria-pressed={data.isChosen}
        onClick={() => data.choose(id)}
      >
        <span className="box-title">{data.title}</span>
        <span className="box-says">{data.says}</span>
        {data.problems > 0 && (
          <span className="box-wrong">
            {data.problems}
            <VisuallyHidden> to put right</VisuallyHidden>
          </span>
        )}
      </button>
      <Ends />
    </>
  );
}

function SlotBox({ data }: NodeProps<Box>) {
  return (
    <>
      <button
        type="button"
        className="box slot"
        data-aimed={data.isChosen}
        onClick={() => data.spot && data.insert(data.spot)}
      >
        {data.title}
      </button>
      <Ends />
    </>
  );
}

const JoinBox = () => (
  <>
    <span className="join" />
    <Ends />
  </>
);

function Line(props: EdgeProps<LineEdge>) {
  const { data, ...ends } = props;
  const [path] = getSmoothStepPath(ends);
  const at = data?.point ?? { x: 0, y: 0 };
  const style = { transform: `translate(-50%, -50%) translate(${at.x}px, ${at.y}px)` };
  const spot = data?.spot;
  return (
    <>
      <BaseEdge id={props.id} path={path} />
      {(spot ?? data?.label) && (
        <EdgeLabelRenderer>
          <div className="line-label nodrag nopan" style={style}>
            {data?.label && <span className="line-words">{data.label}</span>}
            {spot && (
              <button
                type="button"
                className="plus"
                data-aimed={data?.isAimedAt}
                aria-label={`Insert a step${data?.label ? ` into ${data.label}` : ""} at ${spot.list}, ${spot.at + 1}`}
                onClick={() => data?.insert(spot)}
              >
                +
              </button>
            )}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

export const NODES = { trigger: StepBox, step: StepBox, slot: SlotBox, join: JoinBox };
export const EDGES = { line: Line };
