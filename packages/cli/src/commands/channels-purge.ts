import { withChosen } from "../chosen-messages.ts";
import { type CommandDefinition, defineCommand } from "../command.ts";
import { STORE_OPTIONS } from "../store-access.ts";

export const channelsPurge: CommandDefinition = defineCommand({
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
  run: ({ positionals: [channel = "", ...given], options, io }) =>
    withChosen(
      { command: channelsPurge, channel, given, options, io },
      {
        counted: "removed",
        done: "removed from",
        left: "of them were taken meanwhile",
        run: (store, from, sequences) => store.remove(from, sequences),
      },
    ),
});
