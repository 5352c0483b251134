import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { Sparkline } from "./Sparkline";

const hours = (...of: [number, number][]) => {
  const day = Array.from({ length: 24 }, () => 0);
  for (const [hour, value] of of) day[hour] = value;
  return day;
};

const drawn = (done: number[], failed: number[]) => {
  render(<Sparkline done={done} failed={failed} from="2030-01-07T00:00:00Z" />);
  const picture = screen.getByRole("img");
  const highest = (which: string) =>
    Math.max(
      ...[...picture.querySelectorAll(which)].map((each) => Number(each.getAttribute("height"))),
    );
  return {
    picture,
    done: highest("rect:not([data-failed])"),
    failed: highest("rect[data-failed]"),
  };
};

describe("a day as bars", () => {
  it("says in words what it shows", () => {
    const { picture } = drawn(hours([3, 40], [20, 2]), hours([20, 1]));
    expect(picture.getAttribute("aria-label")).toMatch(/^42 done in the last 24 hours.*; 1 failed/);
    expect(picture.querySelectorAll("g")).toHaveLength(24);
  });

  it("lets a single failure be seen beside thousands that were done, within the same height", () => {
    const { done, failed } = drawn(hours([5, 10_000]), hours([5, 1]));
    expect(failed).toBeGreaterThanOrEqual(2);
    expect(done + failed).toBeLessThanOrEqual(22);
  });

  it("of nothing is flat", () => {
    const { done, failed } = drawn(hours(), hours());
    expect([done, failed]).toEqual([0, 0]);
  });
});
