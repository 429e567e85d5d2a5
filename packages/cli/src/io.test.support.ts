import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Io } from "./command.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { main } from "./main.ts";

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly directory?: string;
  readonly stdin?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs one command line in this process, for the tests. */
export async function command(
  argv: readonly string[],
  { directory = "/", stdin = "", environment = {} }: Surroundings = {},
): Promise<Outcome> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io: Io = { stdin: Readable.from([stdin]), stdout, stderr, environment, directory };
  const [exit, out, errors] = await Promise.all([
    main(argv, io).finally(() => {
      stdout.end();
      stderr.end();
    }),
    text(stdout),
    text(stderr),
  ]);
  return { code: EXIT_CODES[exit].code, stdout: out, stderr: errors };
}
