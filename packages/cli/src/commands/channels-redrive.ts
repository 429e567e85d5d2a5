import { usage, wholeNumber } from "../arguments.ts";
import { defineCommand } from "../command.ts";
import { requireChannel } from "../channel-name.ts";
import { STORE_OPTIONS, withStore, writeJsonLines } from "../store-access.ts";

export const channelsRedrive = defineCommand({
  name: "channels redrive",
  summary: "Sends dead letters back to the routes that failed on them.",
  details:
    "Each goes to the inbox of its route, as the message that the route had received. A running node processes them within a second; otherwise the next one does. Messages that are no dead letters stay where they are.",
  positionals: [
    { name: "CHANNEL", description: "The channel that holds the dead letters, such as `dead`.", presence: "required" },
    { name: "SEQUENCE", description: "Only the messages with these sequence numbers (see `channels peek`).", presence: "many" },
  ],
  options: { all: { type: "boolean", description: "All dead letters of the channel." }, ...STORE_OPTIONS },
  examples: [
    { line: "portolan channels redrive dead 17 18", does: "Two of them." },
    { line: "portolan channels redrive dead --all", does: "All of them, once what made them fail is mended." },
  ],
  async run({ positionals: [channel = "", ...given], options, io }) {
    if ((options.all === true) === given.length > 0)
      throw usage(channelsRedrive, "say which dead letters: either sequence numbers, or --all");
    const sequences = options.all === true ? undefined : given.map((text) => wholeNumber(text, "SEQUENCE"));
    const redriven = await withStore(io, options.store, async (store) => {
      await requireChannel(store, channel);
      return store.redrive(channel, sequences);
    });
    if (options.json === true) await writeJsonLines(io, [{ channel, redriven }]);
    else io.stdout.write(`${redriven} sent back from ${channel}\n`);
    return sequences !== undefined && redriven < sequences.length ? "failures" : "ok";
  },
});
