import { usage, wholeNumber } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { requireChannel } from "../channel-name.ts";
import { STORE_OPTIONS, withStore, writeJsonLines } from "../store-access.ts";

export const channelsPurge = defineCommand({
  name: "channels purge",
  summary: "Removes waiting messages from a channel. They are gone.",
  positionals: [
    { name: "CHANNEL", description: "The channel's name.", presence: "required" },
    { name: "SEQUENCE", description: "Only the messages with these sequence numbers (see `channels peek`).", presence: "many" },
  ],
  options: { all: { type: "boolean", description: "All waiting messages of the channel." }, ...STORE_OPTIONS },
  examples: [
    { line: "portolan channels purge dead 17", does: "One dead letter that nobody needs." },
    { line: "portolan channels purge drafts --all", does: "Everything that waits in a channel." },
  ],
  async run({ positionals: [channel = "", ...given], options, io }) {
    if ((options.all === true) === given.length > 0)
      throw usage(channelsPurge, "say which messages to remove: either sequence numbers, or --all");
    const sequences = options.all === true ? undefined : given.map((text) => wholeNumber(text, "SEQUENCE"));
    const removed = await withStore(io, options.store, async (store) => {
      await requireChannel(store, channel);
      return store.remove(channel, sequences);
    });
    if (options.json === true) await writeJsonLines(io, [{ channel, removed }]);
    else io.stdout.write(`${removed} removed from ${channel}\n`);
    return sequences !== undefined && removed < sequences.length ? "failures" : "ok";
  },
});
