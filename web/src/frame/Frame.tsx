import { AppShell, Badge, Burger, Group, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";

import { alerts } from "../api/alerts";
import { useLive } from "../api/live";
import { waitingCount } from "../api/reviews";
import { useMay } from "../api/session";
import { Page } from "../components/Page";
import { Empty } from "../components/Waiting";
import { formatNumber } from "../words/format";
import { useTablesOfDensity } from "./density";
import { LiveState } from "./LiveState";
import { isClosed, PLACES } from "./places";
import { SchemeSwitch } from "./SchemeSwitch";
import { Who } from "./Who";

/** What stands around every page: the way to every other one. */
export function Frame() {
  const [opened, { toggle, close }] = useDisclosure();
  const waiting = useQuery(waitingCount);
  const trouble = useQuery(alerts);
  const may = useMay();
  useLive();
  useTablesOfDensity();
  const { pathname } = useLocation();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 210, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a className="skip" href="#content">
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={opened ? "Close the menu" : "Open the menu"}
              aria-expanded={opened}
            />
            <img src="/ui/mark.svg" alt="" width={26} height={26} />
            <Text fw={600}>Instep</Text>
          </Group>
          <Group gap="xs" wrap="nowrap">
            <LiveState />
            <Who />
            <SchemeSwitch />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages">
        <ScrollArea>
          {PLACES.map(({ to, label }) => (
            <Link
              key={to}
              to={to}
              className="nav-link"
              activeOptions={{ exact: to === "/" }}
              onClick={close}
            >
              <span>{label}</span>
              {to === "/alerts" && Boolean(trouble.data?.open) && (
                <Badge variant="default" size="sm" aria-label={`${trouble.data?.open} open`}>
                  {formatNumber(trouble.data?.open ?? 0)}
                </Badge>
              )}
              {to === "/review" && Boolean(waiting.data) && (
                <Badge variant="default" size="sm" aria-label={`${waiting.data} wait for you`}>
                  {formatNumber(waiting.data ?? 0)}
                </Badge>
              )}
            </Link>
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        {isClosed(pathname, may) ? <Closed /> : <Outlet />}
      </AppShell.Main>
    </AppShell>
  );
}

function Closed() {
  return (
    <Page title="This is not for your role">
      <Empty title="Your role may only look">
        Ask an admin if you are to change this; they give people roles.
      </Empty>
    </Page>
  );
}
