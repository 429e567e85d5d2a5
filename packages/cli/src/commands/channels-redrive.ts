import { withChosen } from "../chosen-messages.ts";
import { type CommandDefinition, defineCommand } from "../command.ts";
import { STORE_OPTIONS } from "../store-access.ts";

export const channelsRedrive: CommandDefinition = defineCommand({
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
  run: ({ positionals: [channel = "", ...given], options, io }) =>
    withChosen(
      { command: channelsRedrive, channel, given, options, io },
      {
        counted: "redriven",
        done: "sent back from",
        left: "of them are no dead letters, and stay where they are",
        run: (store, from, sequences) => store.redrive(from, sequences),
      },
    ),
});
