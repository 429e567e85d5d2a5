import { printable, type JournalEntry } from "@portolan/core";
import { formatAge } from "../age.ts";
import { wholeNumber } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { STORE_OPTIONS, withStore, writeJsonLines } from "../store-access.ts";
import { renderTable } from "../table.ts";

export const errors = defineCommand({
  name: "errors",
  summary: "Groups the failures in a store's journal by code, route and step, the latest first.",
  details: "The journal keeps failures unless the app says `journal: none`, for as long as its retention says.",
  positionals: [],
  options: { limit: { type: "string", value: "N", description: "Look at the newest N failures. Default 10000." }, ...STORE_OPTIONS },
  examples: [
    { line: "portolan errors", does: "What fails, where, how often, since when not." },
    { line: "portolan messages show ID", does: "Then: what happened to the example." },
  ],
  async run({ options, io }) {
    const limit = wholeNumber(options.limit ?? "10000", "--limit", 1);
    const groups = groupFailures(await withStore(io, options.store, async (store) => store.failures(limit)));
    if (options.json === true) await writeJsonLines(io, groups);
    else if (groups.length === 0) io.stdout.write("no failures in the journal\n");
    else {
      const now = Date.now();
      const rows = groups.map(({ code, route, step, count, lastAt, example, message }) => [
        code,
        route,
        step,
        String(count),
        formatAge(now - lastAt),
        example,
        message,
      ]);
      io.stdout.write(printable(renderTable([["CODE", "ROUTE", "STEP", "COUNT", "LAST", "EXAMPLE", "MESSAGE"], ...rows])));
    }
    return "ok";
  },
});

interface FailureGroup {
  readonly code: string;
  readonly route: string;
  readonly step: string;
  readonly count: number;
  /** In ms. */
  readonly lastAt: number;
  /** The id of the latest message. */
  readonly example: string;
  /** The latest error's. */
  readonly message: string;
}

function groupFailures(entries: readonly JournalEntry[]): FailureGroup[] {
  const groups = Map.groupBy(entries, (entry) => JSON.stringify([entry.error?.code, entry.route, entry.failedStep]));
  const rows = [...groups.values()].map((group): FailureGroup => {
    const latest = group.reduce((a, b) => (b.startedAt > a.startedAt ? b : a));
    return {
      code: latest.error?.code ?? "",
      route: latest.route,
      step: latest.failedStep ?? "",
      count: group.length,
      lastAt: latest.startedAt,
      example: latest.messageId,
      message: latest.error?.message ?? "",
    };
  });
  return rows.toSorted((a, b) => b.lastAt - a.lastAt);
}
