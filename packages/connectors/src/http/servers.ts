import { PortolanError } from "@portolan/core";

/** Base addresses without the slash at their end, since paths begin with one. Throws PORTOLAN_CONFIG_INVALID for one that cannot be called. */
export function serverAddresses(servers: readonly string[] = []): readonly string[] {
  return servers.map((server) => address(server));
}

function address(server: string): string {
  const url = URL.parse(server);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw invalidServer(`the server ${server} is no absolute http or https URL`, "say where it is: servers: https://…");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw invalidServer(`the server ${url.origin} has a user, a query or a fragment`, "put credentials into credentials or secretHeaders");
  return url.href.replace(/\/+$/, "");
}

export function invalidServer(message: string, hint: string): PortolanError {
  return new PortolanError("PORTOLAN_CONFIG_INVALID", message, { hint });
}
