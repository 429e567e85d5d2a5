import type { ChannelStatus } from "@portolan/core";
import { formatAge } from "../age.ts";
import { defineCommand } from "../command.ts";
import { STORE_OPTIONS, withStore, writeJsonLines } from "../store-access.ts";
import { renderTable } from "../table.ts";

export const channelsLs = defineCommand({
  name: "channels ls",
  summary: "Lists the channels of a store with what waits in them; `portolan channels` does the same.",
  details:
    "It works while a node runs on the store and when none does. The inboxes of routes and of their steps, `route:…`, are listed when something waits in them. `postponed` counts those that wait for a later time; a route is inactive when the app that last ran on the store does not have it.",
  positionals: [],
  options: { all: { type: "boolean", description: "Empty inboxes of routes and of their steps, too." }, ...STORE_OPTIONS },
  examples: [
    { line: "portolan channels", does: "What waits where, in the store of the app in this directory." },
    { line: "portolan channels ls --store /var/lib/shop --json", does: "The same of another store, for a script." },
  ],
  async run({ options, io }) {
    const all = await withStore(io, options.store, async (store) => store.channels());
    const channels = options.all === true ? all : all.filter((channel) => !isEmptyInbox(channel));
    if (options.json === true) await writeJsonLines(io, channels);
    else if (channels.length === 0) io.stdout.write("the store has no channels\n");
    else
      io.stdout.write(
        renderTable([["CHANNEL", "WAITING", "POSTPONED", "OLDEST", "READ BY"], ...channels.map((channel) => row(channel, Date.now()))]),
      );
    return "ok";
  },
});

/** Most apps have more inboxes than channels, and nobody sends to them by hand. What waits in one must be seen. */
function isEmptyInbox({ name, waiting }: ChannelStatus): boolean {
  return name.startsWith("route:") && waiting === 0;
}

function row(channel: ChannelStatus, now: number): string[] {
  const readers = channel.subscriptions.map(
    ({ route, waiting, active }) => `${route}${active ? "" : " (inactive)"}${channel.subscriptions.length > 1 ? `: ${waiting}` : ""}`,
  );
  return [
    channel.name,
    String(channel.waiting),
    String(channel.postponed),
    channel.oldestAt === undefined ? "" : formatAge(now - channel.oldestAt),
    readers.join(", "),
  ];
}
