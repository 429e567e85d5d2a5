import type { Writable } from "node:stream";
import { styleText } from "node:util";

type Style = Parameters<typeof styleText>[0];

/** Colours a text, or does not. */
export type Paint = (style: Style, text: string) => string;

/** Colours what goes to a terminal that shows colours, and nothing else (`NO_COLOR` and `FORCE_COLOR` are respected). */
export function paintFor(stream: Writable): Paint {
  return (style, text) => styleText(style, text, { stream });
}
