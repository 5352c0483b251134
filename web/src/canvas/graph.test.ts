import { describe, expect, it } from "vitest";

import { inserted } from "./edits";
import { allSteps } from "./flow";
import { flowToGraph, type GraphNode, spotNear } from "./graph";
import { FLOW, longFlow, wait } from "./sample";

const graph = flowToGraph(FLOW);
const overlap = (a: GraphNode, b: GraphNode) =>
  a.position.x < b.position.x + b.width &&
  b.position.x < a.position.x + a.width &&
  a.position.y < b.position.y + b.height &&
  b.position.y < a.position.y + a.height;

describe("a flow as a graph", () => {
  it("has a box for the trigger and each step, and lines only between boxes", () => {
    const ids = new Set(graph.nodes.map((each) => each.id));
    expect(ids.size).toBe(graph.nodes.length);
    for (const { place } of allSteps(FLOW.steps)) expect(ids).toContain(place);
    for (const edge of graph.edges) {
      expect(ids).toContain(edge.source);
      expect(ids).toContain(edge.target);
    }
    expect(new Set(graph.edges.map((each) => each.id)).size).toBe(graph.edges.length);
  });

  it("leads from the trigger to every box", () => {
    const reached = new Set(["trigger"]);
    for (let before = 0; before !== reached.size;) {
      before = reached.size;
      for (const each of graph.edges) if (reached.has(each.source)) reached.add(each.target);
    }
    expect(reached.size).toBe(graph.nodes.length);
  });

  it("lays no box over another and draws lines downwards", () => {
    for (const [at, one] of graph.nodes.entries()) {
      for (const other of graph.nodes.slice(at + 1)) {
        expect(overlap(one, other), `${one.id} over ${other.id}`).toBe(false);
      }
    }
    const y = new Map(graph.nodes.map((each) => [each.id, each.position.y]));
    for (const { source, target } of graph.edges) {
      expect(y.get(source) ?? 0).toBeLessThan(y.get(target) ?? 0);
    }
  });

  it("names the ways of a branch on their lines", () => {
    expect(
      graph.edges.filter((each) => each.source === "steps[2]").map((each) => each.label),
    ).toEqual(["VIP", "Way 2", "Otherwise"]);
  });

  it("has a spot for every seat there is in the document", () => {
    const seats = [...graph.edges, ...graph.nodes]
      .flatMap(({ spot }) => (spot ? [`${spot.list} ${spot.at}`] : []))
      .toSorted();
    expect(seats).toEqual(
      [
        ...["steps 0", "steps 1", "steps 2", "steps 3"],
        ...["steps[2].otherwise 0", "steps[2].ways[1].steps 0", "steps[2].ways[1].steps 1"],
        ...["steps[2].ways[2].steps 0", "steps[2].ways[2].steps 1", "steps[2].ways[2].steps 2"],
        ...["steps[3].steps 0", "steps[3].steps 1"],
      ].toSorted(),
    );
  });

  it("finds the seat that is nearest to where a step is let go", () => {
    const line = graph.edges.find((each) => each.target === "steps[2].ways[2].steps[2]");
    const near = { x: (line?.point.x ?? 0) + 20, y: (line?.point.y ?? 0) - 10 };
    expect(spotNear(graph, near)).toEqual({ list: "steps[2].ways[2].steps", at: 1 });
    expect(spotNear(graph, { x: 5_000, y: 5_000 })).toBeNull();
  });

  it("comes out the same for the same document, whatever was before", () => {
    const { document } = inserted(FLOW, { list: "steps", at: 1 }, wait("new"));
    const back = { ...document, steps: document.steps.toSpliced(1, 1) };
    expect(flowToGraph(back)).toEqual(graph);
  });

  it("lays a hundred steps out within a frame of the screen", () => {
    const long = longFlow(100);
    flowToGraph(long);
    const began = performance.now();
    const { nodes } = flowToGraph(long);
    expect(performance.now() - began).toBeLessThan(20);
    expect(nodes).toHaveLength(102);
  });
});
