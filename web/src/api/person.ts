/** Who settles something from these pages, as the history says it. A login gives people names. */
export const PERSON = "somebody in the web app";
