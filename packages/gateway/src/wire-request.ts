import type { HttpRequest } from "./http-exchange.ts";

/** A request as it came from the wire. */
export interface WireRequest extends Omit<HttpRequest, "id" | "expectsContinue"> {
  readonly expects: "nothing" | "continue" | "unknown";
}
