import { option, optional, type OptionsOf } from "@portolan/core";
import { checkNetworks, createNetworks } from "../networks.ts";
import { statusProblem } from "../problem.ts";
import type { Policy } from "./policy.ts";

const EXAMPLE = { example: ["10.0.0.0/8", "2001:db8::1"] };

export const addressesOptions = {
  allow: optional(option.oneOrMore(option.name), "Only callers of these addresses and networks are answered.", EXAMPLE),
  deny: optional(option.oneOrMore(option.name), "Callers of these are not, whatever `allow` says.", EXAMPLE),
};

export type AddressesOptions = OptionsOf<typeof addressesOptions>;

export function checkAddresses({ allow = [], deny = [] }: AddressesOptions): readonly string[] {
  return checkNetworks([...allow, ...deny], "addresses");
}

/** Answers 403 to callers by the address of their connection. */
export function addresses({ allow, deny = [] }: AddressesOptions): Policy {
  const isAllowed = allow === undefined ? () => true : createNetworks(allow);
  const isDenied = createNetworks(deny);
  const isWelcome = (address: string) => !isDenied(address) && isAllowed(address);
  return (door) => ({
    ...door,
    handle(exchange) {
      if (isWelcome(exchange.callerAddress)) return door.handle(exchange);
      exchange.sendProblem(statusProblem(403, "this address may not call this door", { requestId: exchange.id }));
    },
  });
}
