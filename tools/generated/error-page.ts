import { ERROR_CODES, type ErrorCode } from "@portolan/core";
import { GENERATED_PAGE, type GeneratedFile } from "./generated-file.ts";

const KINDS: Readonly<Record<ErrorCode["kind"], string>> = {
  transient: "The same may work later: it is retried.",
  invalid: "The message breaks a contract: no retry; a caller gets a 4xx, a one-way message goes to the dead letter.",
  rejected: "The other system said no.",
  defect: "A bug in user code or configuration: no retry by default.",
};

/** One page with every code, its kind and what to do about it. */
export function errorPage(): GeneratedFile {
  const codes = Object.entries<ErrorCode>(ERROR_CODES).toSorted(([a], [b]) => a.localeCompare(b));
  const kinds = Object.entries(KINDS).map(([kind, meaning]) => `| ${kind} | ${meaning} |`);
  const sections = codes.map(([code, { kind, title, explanation }]) => `## ${code}\n\n**${title}** Kind: ${kind}.\n\n${explanation}`);
  return {
    path: "docs/reference/errors.md",
    text: `${GENERATED_PAGE}${[
      "# Error codes",
      "`portolan explain CODE` shows the same. Match codes and kinds, never the text of a message.",
      ["| kind | what it means |", "| --- | --- |", ...kinds].join("\n"),
      ...sections,
    ].join("\n\n")}\n`,
  };
}
