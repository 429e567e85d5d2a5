import { PortolanError } from "@portolan/core";
import type { Message, RunningTarget, TargetContext, TargetDefinition } from "@portolan/core";
import { chosenFormat } from "@portolan/formats";
import { type StdoutOptions, stdoutOptions } from "./options.ts";

export const stdoutTarget: TargetDefinition<typeof stdoutOptions> = {
  summary: "Writes the body of each message to standard output.",
  options: stdoutOptions,
  replies: false,
  describe: ({ format }) => `standard output as ${format?.name ?? "ndjson"}`,
  open: openStdout,
};

async function openStdout({ format: choice, output = process.stdout }: StdoutOptions, { services }: TargetContext): Promise<RunningTarget> {
  const format = chosenFormat(choice ?? { name: "ndjson" }, services);
  const writing = new Set<Promise<void>>();
  let isFirst = true;
  // Each write learns of its own failure; without a listener the process would end.
  const onError = () => undefined;
  output.on("error", onError);

  function write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      output.write(bytes, (cause) => {
        if (cause) reject(new PortolanError("PORTOLAN_FILE_FAILED", `standard output cannot be written: ${cause.message}`, { cause }));
        else resolve();
      });
    });
  }

  return {
    async send({ body }: Message) {
      const bytes = format.encodeRecord?.(body, isFirst) ?? format.encode(body);
      isFirst = false;
      const written = write(bytes);
      writing.add(written);
      await written.finally(() => writing.delete(written));
      return undefined;
    },
    async close() {
      await Promise.allSettled(writing);
      output.off("error", onError);
    },
  };
}
