import { Anchor, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

interface PageProps {
  title: string;
  /** What stands in the browser's tab, where the title alone would not say it. */
  tab?: string;
  about?: React.ReactNode;
  back?: { to: string; label: string };
  actions?: React.ReactNode;
  children: React.ReactNode;
}

/** The frame of every page: its title, which a screen reader hears first, and its actions. */
export function Page({ title, tab, about, back, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${tab ?? title} · Instep`;
  }, [tab, title]);
  useEffect(() => {
    // after a click on a link the reader's place is the new page, not the link that is gone
    if (document.activeElement === document.body || document.activeElement === null) {
      heading.current?.focus({ preventScroll: true });
    }
  }, []);
  return (
    <Stack gap="lg">
      <div>
        {back && (
          <Anchor component={Link} to={back.to} size="sm">
            <span aria-hidden="true">← </span>
            {back.label}
          </Anchor>
        )}
        <Group justify="space-between" align="flex-start" gap="sm">
          <Title order={1} size="h2" ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {actions && <Group gap="xs">{actions}</Group>}
        </Group>
        {about && (
          <Text c="dimmed" maw={720} component="div">
            {about}
          </Text>
        )}
      </div>
      {children}
    </Stack>
  );
}

/** A part of a page with its own heading. */
export function Section({
  title,
  aside,
  children,
}: {
  title: string;
  aside?: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <section aria-label={title}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {title}
        </Title>
        {aside}
      </Group>
      {children}
    </section>
  );
}
