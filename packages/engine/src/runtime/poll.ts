import type { Message } from "@portolan/core";
import type { Execution } from "./execution.ts";

/**
 * Takes the next message of a source, waiting up to `waitMs`; undefined if there is none by then. It is consumed by the unit of
 * work: if that fails, it is back.
 */
export type Poll = (waitMs: number, execution: Execution) => Promise<Message | undefined>;
