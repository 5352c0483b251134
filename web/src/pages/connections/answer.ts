/**
 * What an app's own page sent the browser back with. It comes behind the #, letter by letter as the
 * app wrote it: no server and no log sees it there, and no router takes it for numbers.
 */
export function answerIn(hash: string) {
  const said = new URLSearchParams(hash.replace(/^#/, ""));
  return {
    code: said.get("code"),
    state: said.get("state"),
    why: said.get("error_description") ?? said.get("error"),
  };
}
