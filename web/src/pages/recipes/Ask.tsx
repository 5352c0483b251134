import { Autocomplete, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { choices } from "../../api/recipes";
import type { Question } from "./reading";

interface AskProps {
  ask: Question;
  connection?: string;
  value: string;
  change: (value: string) => void;
}

/** One question of a recipe; where the app has a list of answers, that list is offered. */
export function Ask({ ask, connection, value, change }: AskProps) {
  // what depends on another answer is typed: the server still finds it by its name
  const isListed = ask.choice !== null && Object.keys(ask.choice.given).length === 0;
  const query = useQuery({
    ...choices(connection ?? "", ask.choice?.operation ?? "", ask.choice?.input ?? ""),
    enabled: isListed && Boolean(connection),
  });
  const shared = {
    label: ask.question,
    required: !ask.optional && ask.fallback === null,
    placeholder: ask.fallback ?? undefined,
    description: ask.fallback ? `Left empty, it is “${ask.fallback}”.` : undefined,
    value,
  };
  if (!isListed) {
    return <TextInput {...shared} onChange={(event) => change(event.currentTarget.value)} />;
  }
  const names = [...new Set((query.data ?? []).map((each) => each.name))];
  return <Autocomplete {...shared} data={names} onChange={change} />;
}
