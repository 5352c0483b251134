import { Button, Menu } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";

import { pause, release, remove, run, type SyncDetail } from "../../api/syncs";
import { useConfirm } from "../../components/confirm";
import { say, sayFailed } from "../../components/toast";
import { PreviewButton } from "./PreviewButton";

/** What can be done with a sync. */
export function SyncActions({ sync }: { sync: SyncDetail }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [ask, dialog] = useConfirm();
  const refresh = () => void cache.invalidateQueries();
  const act = useMutation({
    mutationFn: ({ verb }: { verb: (name: string) => Promise<unknown>; done: () => void }) =>
      verb(sync.name),
    onSuccess: (_result, { done }) => {
      done();
      refresh();
    },
    onError: sayFailed,
  });
  const released = () => act.mutate({ verb: release, done: () => say(`${sync.name} goes on.`) });
  const paused = () =>
    act.mutate({ verb: pause, done: () => say(`${sync.name} is paused.`, released) });
  const removed = () =>
    act.mutate({
      verb: remove,
      done: () => {
        say(`${sync.name} is removed. Both apps keep everything.`);
        void navigate({ to: "/syncs" });
      },
    });
  const isActive = sync.state === "active";
  const yes = sync.state === "halted" ? "Let it go on" : "Turn it on";
  return (
    <>
      {dialog}
      <PreviewButton sync={sync.name} />
      {isActive ? (
        <>
          <Button
            variant="default"
            loading={act.isPending}
            onClick={() => act.mutate({ verb: run, done: () => say("It runs now.") })}
          >
            Run now
          </Button>
          <Button variant="default" onClick={paused}>
            Pause
          </Button>
        </>
      ) : (
        <Button
          variant="default"
          loading={act.isPending}
          onClick={() =>
            ask({
              title: `${yes}?`,
              happens: `From now on it writes to ${sync.a} and ${sync.b} by its rules, without asking. A preview shows what it would do first. Every run can be undone.`,
              yes,
              act: released,
            })
          }
        >
          {yes}
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default">More</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to={`/syncs/${sync.name}/mapping`}>
            Map the fields
          </Menu.Item>
          <Menu.Item component={Link} to={`/syncs/${sync.name}/rules`}>
            Change the rules
          </Menu.Item>
          <Menu.Item
            onClick={() =>
              ask({
                title: `Remove ${sync.name}?`,
                happens: `Instep forgets which records of ${sync.a} and ${sync.b} belong together, and this sync's history. Both apps keep everything they have. This cannot be undone.`,
                yes: "Remove it",
                grave: true,
                act: removed,
              })
            }
          >
            Remove the sync
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
