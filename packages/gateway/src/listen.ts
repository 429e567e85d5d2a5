import type { AddressInfo, Server } from "node:net";
import { PortolanError } from "@portolan/core";

export interface HttpAddress {
  readonly host: string;
  readonly port: number;
  /** Such as `http://127.0.0.1:8080`. */
  readonly origin: string;
}

interface Wanted {
  readonly host: string;
  readonly port: number;
  readonly scheme: "http" | "https";
}

/** Has a server listen. Throws PORTOLAN_PORT_IN_USE, or PORTOLAN_CONFIG_INVALID if the address cannot be listened on. */
export function listen(server: Server, { host, port, scheme }: Wanted): Promise<HttpAddress> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once("error", failed);
    server.listen({ host, port }, () => {
      server.off("error", failed);
      // A server that listens on TCP has an address of three parts.
      const bound = server.address() as AddressInfo;
      resolve({
        host: bound.address,
        port: bound.port,
        origin: `${scheme}://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}`,
      });
    });
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): PortolanError {
  if (error.code === "EADDRINUSE") {
    return new PortolanError("PORTOLAN_PORT_IN_USE", `port ${port} of ${host} is taken by another process`, {
      cause: error,
      hint: "Stop that process, or configure another port (0 takes any free one).",
    });
  }
  const hint =
    error.code === "EACCES"
      ? "Ports below 1024 need a permission of the system. Take a higher one."
      : "Take an address of this machine, such as 127.0.0.1 or 0.0.0.0.";
  return new PortolanError("PORTOLAN_CONFIG_INVALID", `cannot listen on ${host} port ${port}: ${error.message}`, { cause: error, hint });
}
