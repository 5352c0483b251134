import { Anchor, Button } from "@mantine/core";
import { createLink } from "@tanstack/react-router";

/** A link that leads to a page whose address also says what is looked for there. */
export const PageLink = createLink(Anchor);

/** The same as a button: the one thing to do next. */
export const ButtonLink = createLink(Button<"a">);
