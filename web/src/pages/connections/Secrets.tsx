import { PasswordInput, TextInput } from "@mantine/core";

import type { Schemas } from "../../api/client";

type Setting = Schemas["SettingView"];

/** Which settings a method asks for: its own secrets, and whatever is no secret at all. */
export function settingsOf(app: Schemas["ConnectorView"], method: string): Setting[] {
  const way = app.methods.find((each) => each.kind === method);
  const secrets = way?.secrets ?? [];
  return app.settings.filter(
    (each) => each.name !== way?.told && (!each.secret || secrets.includes(each.name) || each.made),
  );
}

/** Whether a person has to type it: what has a default, or is made by Instep, may stay empty. */
export const isAsked = (each: Setting, secrets: string[]) =>
  !each.made && each.default === null && (each.required || secrets.includes(each.name));

/** Inputs for settings, by name. A secret is typed in a field that hides it. */
export function Inputs({
  settings,
  secrets,
  values,
  change,
}: {
  settings: Setting[];
  secrets: string[];
  values: Record<string, string>;
  change: (name: string, value: string) => void;
}) {
  return settings.map((each) => {
    const Input = each.secret ? PasswordInput : TextInput;
    return (
      <Input
        key={each.name}
        label={each.title}
        description={each.help || undefined}
        placeholder={each.made ? "Leave it empty: Instep makes one" : (each.default ?? undefined)}
        required={isAsked(each, secrets)}
        autoComplete="off"
        value={values[each.name] ?? ""}
        onChange={(event) => change(each.name, event.currentTarget.value)}
      />
    );
  });
}

/** What was typed, without what was left empty. */
export function typed(values: Record<string, string>): Record<string, string> {
  const filled = Object.entries(values).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(filled.filter(([, value]) => value !== ""));
}
