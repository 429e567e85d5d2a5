import type { StoreAdmin } from "@portolan/stores";
import { usage, wholeNumber } from "./arguments.ts";
import { requireChannel } from "./channel-name.ts";
import type { CommandDefinition, Io } from "./command.ts";
import type { ExitName } from "./exit-codes.ts";
import { withStore, writeJsonLines } from "./store-access.ts";

/** What is done with messages of a channel: those with the given sequence numbers, or all of them. */
export interface ChosenMessages {
  readonly command: CommandDefinition;
  readonly channel: string;
  /** Sequence numbers as they were given. */
  readonly given: readonly string[];
  readonly options: { readonly all?: boolean | undefined; readonly json?: boolean | undefined; readonly store?: string | undefined };
  readonly io: Io;
}

export interface ChosenWork {
  /** The key of the count in JSON, such as `redriven`. */
  readonly counted: string;
  /** What follows the count, such as `sent back from`. */
  readonly done: string;
  /** Why a message that is there may have been left. */
  readonly left: string;
  run(store: StoreAdmin, channel: string, sequences: readonly number[] | undefined): Promise<number> | number;
}

/** Does it, and says how many messages there were, and which were not there. */
export async function withChosen({ command, channel, given, options, io }: ChosenMessages, work: ChosenWork): Promise<ExitName> {
  if ((options.all === true) === given.length > 0) throw usage(command, "say which messages: either sequence numbers, or --all");
  const sequences = options.all === true ? undefined : [...new Set(given.map((text) => wholeNumber(text, "SEQUENCE")))];
  const { count, missing } = await withStore(io, options.store, async (store) => {
    await requireChannel(store, channel);
    const absent = await absentOf(store, channel, sequences ?? []);
    return { count: await work.run(store, channel, sequences), missing: absent };
  });
  if (options.json === true) await writeJsonLines(io, [{ channel, [work.counted]: count, ...(missing.length === 0 ? {} : { missing }) }]);
  else io.stdout.write(`${count} ${work.done} ${channel}\n`);
  if (sequences === undefined || count === sequences.length) return "ok";
  if (missing.length > 0) io.stderr.write(`not in ${channel}: ${missing.join(", ")} (see: portolan channels peek ${channel})\n`);
  if (count + missing.length < sequences.length) io.stderr.write(`${sequences.length - missing.length - count} ${work.left}\n`);
  return "failures";
}

async function absentOf(store: StoreAdmin, channel: string, sequences: readonly number[]): Promise<readonly number[]> {
  const absent: number[] = [];
  for (const sequence of sequences) {
    const [first] = await store.peek(channel, { after: sequence - 1, limit: 1 });
    if (first?.sequence !== sequence) absent.push(sequence);
  }
  return absent;
}
