import { BlockList, isIP } from "node:net";
import { option, optional, type OptionsOf } from "@portolan/core";
import { statusProblem } from "../problem.ts";
import type { Policy } from "./policy.ts";

const EXAMPLE = { example: ["10.0.0.0/8", "2001:db8::1"] };

export const addressesOptions = {
  allow: optional(option.oneOrMore(option.name), "Only callers of these addresses and networks are answered.", EXAMPLE),
  deny: optional(option.oneOrMore(option.name), "Callers of these are not, whatever `allow` says.", EXAMPLE),
};

export type AddressesOptions = OptionsOf<typeof addressesOptions>;

export function checkAddresses({ allow = [], deny = [] }: AddressesOptions): readonly string[] {
  return [...allow, ...deny]
    .filter((text) => networkOf(text) === undefined)
    .map((text) => `addresses: "${text}" is no address or network; expected such as 10.0.0.0/8 or 2001:db8::1`);
}

/** Answers 403 to callers by the address of their connection. */
export function addresses({ allow, deny = [] }: AddressesOptions): Policy {
  const allowed = allow === undefined ? undefined : listOf(allow);
  const denied = listOf(deny);
  const isWelcome = (address: string) => !contains(denied, address) && (allowed === undefined || contains(allowed, address));
  return (door) => ({
    ...door,
    handle(exchange) {
      if (isWelcome(exchange.callerAddress)) return door.handle(exchange);
      exchange.sendProblem(statusProblem(403, "this address may not call this door", { requestId: exchange.id }));
    },
  });
}

/** An IPv4 caller of a host that listens on IPv6 is found in IPv4 networks, too: BlockList looks through the mapping. */
function contains(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
}

function listOf(texts: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of texts) {
    const network = networkOf(text);
    if (network !== undefined) list.addSubnet(network.address, network.bits, network.family);
  }
  return list;
}

interface Network {
  readonly address: string;
  readonly bits: number;
  readonly family: "ipv4" | "ipv6";
}

function networkOf(text: string): Network | undefined {
  const [address = "", prefix, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return undefined;
  const most = version === 6 ? 128 : 32;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined;
  const bits = prefix === undefined ? most : Number(prefix);
  return bits > most ? undefined : { address, bits, family: version === 6 ? "ipv6" : "ipv4" };
}
