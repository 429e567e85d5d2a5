import { ERROR_CODES, PortolanError, knownCode, nearestName } from "@portolan/core";
import { defineCommand } from "../command.ts";
import { KIND_WORDS } from "../error-kinds.ts";
import { renderTable } from "../table.ts";

export const explain = defineCommand({
  name: "explain",
  summary: "Says what an error code means, why it happens and what to do.",
  positionals: [
    {
      name: "CODE",
      description: "A code such as PORTOLAN_STORE_LOCKED, or its end (store_locked). Without one: the list of all.",
      presence: "optional",
    },
  ],
  options: {},
  examples: [{ line: "portolan explain PORTOLAN_CONTRACT_FAILED", does: "What a broken contract is." }],
  async run({ positionals, io }) {
    const [given] = positionals;
    if (given === undefined) {
      io.stdout.write(renderTable(Object.entries(ERROR_CODES).map(([code, { kind, title }]) => [code, kind, title])));
      return "ok";
    }
    const code = fullCode(given);
    const known = knownCode(code);
    if (known === undefined) throw unknown(given, code);
    io.stdout.write(
      `${code} (${known.kind})\n\n${known.title}\n\n${known.explanation}\n\nKind ${known.kind}: ${lowerFirst(KIND_WORDS[known.kind])}\n`,
    );
    return "ok";
  },
});

function lowerFirst(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

function fullCode(given: string): string {
  const code = given.toUpperCase().replaceAll("-", "_");
  return code.startsWith("PORTOLAN_") ? code : `PORTOLAN_${code}`;
}

function unknown(given: string, code: string): PortolanError {
  const nearest = nearestName(code, Object.keys(ERROR_CODES));
  const hint =
    nearest === undefined ? "portolan explain lists all; a code without PORTOLAN_ in front is the app's own" : `did you mean ${nearest}?`;
  return new PortolanError("PORTOLAN_USAGE", `Portolan has no error code ${given}`, { hint });
}
