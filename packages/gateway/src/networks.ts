import { BlockList, isIP } from "node:net";

/** A set of addresses and networks, such as `10.0.0.0/8` or `2001:db8::1`. Texts that are neither are left out. */
export function createNetworks(texts: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of texts) {
    const network = networkOf(text);
    if (network !== undefined) list.addSubnet(network.address, network.bits, network.family);
  }
  // An IPv4 caller of a host that listens on IPv6 is found in IPv4 networks, too: BlockList looks through the mapping.
  return (address) => {
    const version = isIP(address);
    return version !== 0 && list.check(address, version === 6 ? "ipv6" : "ipv4");
  };
}

/** The texts that are no address and no network, in words. */
export function checkNetworks(texts: readonly string[], option: string): readonly string[] {
  return texts
    .filter((text) => networkOf(text) === undefined)
    .map((text) => `${option}: "${text}" is no address or network; expected such as 10.0.0.0/8 or 2001:db8::1`);
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
