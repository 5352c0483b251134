import { Anchor, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";

/** A link that leads to a page whose address also says what is looked for there. */
export const PageLink = createLink(Anchor);

/** The same where it is the one thing to do next: a link that looks like a button. */
export const ButtonLink = createLink((props: ButtonProps & React.ComponentPropsWithRef<"a">) => (
  <Button component="a" {...props} />
));
