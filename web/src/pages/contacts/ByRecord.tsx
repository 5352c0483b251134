import { Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { why } from "../../api/why";
import { Empty, Loaded } from "../../components/Waiting";
import { LinkStand } from "./LinkStand";

/** Where nobody is called so: whatever else is known by these words, such as an app's own id. */
export function ByRecord({ words }: { words: string }) {
  const query = useQuery(why(words));
  if (words.length < 2) {
    return (
      <Empty title="Nobody is here yet">
        Whoever takes part in a sync of contacts is shown here once it has run.
      </Empty>
    );
  }
  return (
    <Loaded query={query} what="what else is known by these words">
      {(found) => {
        const known = found.filter((each) => each.stands !== "unknown");
        if (known.length === 0) {
          return (
            <Empty title="Nobody like that was found">
              Instep knows who takes part in a sync. Try a part of the name, or the whole e-mail
              address.
            </Empty>
          );
        }
        return (
          <Stack>
            {known.map((each) => (
              <LinkStand key={each.id} told={each} />
            ))}
          </Stack>
        );
      }}
    </Loaded>
  );
}
