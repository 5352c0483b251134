import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import { useDensity, useTablesOfDensity } from "./density";

function Choice() {
  const [density, setDensity] = useDensity();
  useTablesOfDensity();
  return <button onClick={() => setDensity("compact")}>{density}</button>;
}

const shown = () => document.documentElement.dataset.density;

describe("the density of tables", () => {
  beforeEach(() => localStorage.clear());

  it("is comfortable until somebody chooses, and then as this browser keeps it", async () => {
    const { unmount } = render(<Choice />);
    expect(shown()).toBe("comfortable");
    await userEvent.click(screen.getByText("comfortable"));
    expect(shown()).toBe("compact");
    unmount();
    delete document.documentElement.dataset.density;
    render(<Choice />);
    expect(screen.getByText("compact")).toBeTruthy();
    expect(shown()).toBe("compact");
  });
});
