import { Anchor } from "@mantine/core";
import { createLink } from "@tanstack/react-router";

/** A link that leads to a page whose address also says what is looked for there. */
export const PageLink = createLink(Anchor);
