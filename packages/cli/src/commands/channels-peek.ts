import { printable, type PeekedMessage } from "@portolan/core";
import { formatAge } from "../age.ts";
import { wholeNumber } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { requireChannel } from "../channel-name.ts";
import { STORE_OPTIONS, withStore, writeJsonLines } from "../store-access.ts";

export const channelsPeek = defineCommand({
  name: "channels peek",
  summary: "Shows the messages that wait in a channel, oldest first, and leaves them there.",
  details: "Each message has a sequence number in its channel; `redrive` and `purge` take such numbers, and `--after` goes on behind one.",
  positionals: [
    { name: "CHANNEL", description: "The channel's name; dead letters are in `dead` unless the app says otherwise.", presence: "required" },
  ],
  options: {
    limit: { type: "string", value: "N", description: "At most so many messages. Default 20." },
    after: { type: "string", value: "SEQUENCE", description: "Only messages behind this sequence number." },
    ...STORE_OPTIONS,
  },
  examples: [
    { line: "portolan channels peek dead", does: "The dead letters, why they failed, and on which step." },
    { line: "portolan channels peek orders --limit 1 --json", does: "The oldest waiting order as JSON." },
  ],
  async run({ positionals: [channel = ""], options, io }) {
    const limit = wholeNumber(options.limit ?? "20", "--limit", 1);
    const after = options.after === undefined ? {} : { after: wholeNumber(options.after, "--after") };
    const messages = await withStore(io, options.store, async (store) => {
      await requireChannel(store, channel);
      return store.peek(channel, { ...after, limit });
    });
    if (options.json === true) {
      await writeJsonLines(io, messages);
      return "ok";
    }
    const { jsonText } = await import("@portolan/host");
    const now = Date.now();
    const shown = messages.map((message) => printable(describe(message, { now, json: jsonText })));
    io.stdout.write(shown.length === 0 ? `nothing waits in ${channel}\n` : shown.join("\n"));
    return "ok";
  },
});

function describe(
  { sequence, appendedAt, message }: PeekedMessage,
  { now, json }: { readonly now: number; readonly json: (value: unknown) => string },
): string {
  const { deadLetter } = message;
  const lines = [`${sequence}  ${message.id}  ${formatAge(now - appendedAt)}`, `  body     ${shorten(json(message.body))}`];
  if (Object.keys(message.headers).length > 0) lines.push(`  headers  ${shorten(json(message.headers))}`);
  if (deadLetter !== undefined) {
    const { error, route, step, attempts } = deadLetter;
    lines.push(
      `  failed   ${error.code} (${error.kind}): ${error.message}`,
      `  at       route ${route}${step === "" ? "" : `, step ${step}`}, ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

function shorten(text: string): string {
  return text.length > 300 ? `${text.slice(0, 299)}… (${text.length} characters; --json shows all)` : text;
}
