import { Text } from "@mantine/core";
import { Fragment } from "react";

import type { Recipe } from "../../api/recipes";
import { appName, recordsOf } from "../../words/names";

const ARROWS: Record<string, string> = { both: "⇄", to_a: "←", to_b: "→" };

const ways = (one: string, other: string): Record<string, string> => ({
  both: `both ways between ${one} and ${other}`,
  to_a: `from ${other} to ${one}`,
  to_b: `from ${one} to ${other}`,
});

/** What a recipe does, in one picture: what travels between which apps, or what follows what. */
export function Picture({ recipe, steps = [] }: { recipe: Recipe; steps?: string[] }) {
  if (recipe.parts.length > 0) return <Between recipe={recipe} />;
  const chain = steps.length > 0 ? steps : [recipe.trigger, ...recipe.result.split(" → ")];
  return (
    <div className="diagram" role="img" aria-label={`First: ${chain.join("; then: ")}`}>
      {chain.map((each, place) => (
        <Fragment key={place}>
          {place > 0 && <span className="diagram-way">↓</span>}
          <span className="diagram-box" data-kind={place === 0 ? "start" : "step"}>
            {each}
          </span>
        </Fragment>
      ))}
    </div>
  );
}

function Between({ recipe: { apps, parts } }: { recipe: Recipe }) {
  const [one = "", other = ""] = apps.map(appName);
  const words = ways(one, other);
  const told = parts.map((each) => `${recordsOf(each.records)} ${words[each.direction] ?? ""}`);
  return (
    <div className="diagram between" role="img" aria-label={told.join("; ")}>
      <span className="diagram-box">{one}</span>
      <span>
        {parts.map((each) => (
          <Text span display="block" size="xs" ta="center" key={each.records}>
            {recordsOf(each.records)} {ARROWS[each.direction]}
            {each.optional && " if wanted"}
          </Text>
        ))}
      </span>
      <span className="diagram-box">{other}</span>
    </div>
  );
}
