import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { useConfirm } from "./confirm";

function Deed({ act }: { act: () => void }) {
  const [ask, dialog] = useConfirm();
  const question = { title: "Remove people?", happens: "Both apps keep all.", yes: "Remove it" };
  return (
    <MantineProvider env="test">
      {dialog}
      <button onClick={() => ask({ ...question, act })}>Remove</button>
    </MantineProvider>
  );
}

describe("a confirmation", () => {
  it("says what will happen, and does nothing before somebody says yes", async () => {
    const act = vi.fn();
    render(<Deed act={act} />);
    await userEvent.click(screen.getByText("Remove"));
    expect(screen.getByText("Both apps keep all.")).toBeTruthy();
    await userEvent.click(screen.getByText("Leave it"));
    expect(act).not.toHaveBeenCalled();
    await userEvent.click(screen.getByText("Remove"));
    await userEvent.click(screen.getByText("Remove it"));
    expect(act).toHaveBeenCalledOnce();
  });
});
