import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { createFixedRandom, createCertificate, createRecordingLogger, createTemporaryFolder, createVirtualClock } from "@portolan/testkit";
import { createFormats } from "@portolan/formats";
import { expect, test } from "vitest";
import { defaultConnection, type ConnectionOptions } from "./connection-options.ts";
import { openConnection } from "./connection.ts";

const authority = createCertificate("Our authority");
const own = createCertificate("server", authority);
const client = createCertificate("client", authority);

/** A server that asks for certificates, and says whose it got. */
async function listen(requireCertificate: boolean) {
  const server = createServer(
    { key: own.key, cert: own.cert, ca: authority.cert, requestCert: true, rejectUnauthorized: requireCertificate },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      response.end(String(subject?.CN ?? "nobody"));
    },
  ).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function ask(port: number, tls: Partial<NonNullable<ConnectionOptions["tls"]>> | undefined, directory = ".") {
  const base = `https://127.0.0.1:${port}`;
  const options = { ...defaultConnection(), ...(tls === undefined ? {} : { tls: { verify: true, ...tls } }) };
  const context = {
    clock: createVirtualClock(),
    random: createFixedRandom(0.5),
    log: createRecordingLogger(),
    services: { ...createFormats(), directory },
  };
  const connection = await openConnection(options, { servers: [base], authorizations: [], headers: {} }, context);
  try {
    const { body } = await connection.send({ method: "GET", base, path: "/", headers: {}, body: null, endpoint: "GET /" });
    return Buffer.from(body).toString();
  } finally {
    await connection.close();
  }
}

test("a server of our own authority is trusted where that is said, and a certificate of the client is shown", async () => {
  await using server = await listen(false);
  await expect(ask(server.port, undefined)).rejects.toMatchObject({
    code: "PORTOLAN_CONNECTION_FAILED",
    message: expect.stringContaining("certificate"),
  });
  expect(await ask(server.port, { ca: [authority.cert] })).toBe("nobody");
  expect(await ask(server.port, { verify: false })).toBe("nobody");
  expect(await ask(server.port, { ca: [authority.cert], cert: client.cert, key: client.key })).toBe("client");
  await expect(ask(server.port, { ca: [authority.cert], serverName: "erp.example" })).rejects.toMatchObject({
    code: "PORTOLAN_CONNECTION_FAILED",
  });
});

test("certificates and keys may be files of the app", async () => {
  await using server = await listen(true);
  await using folder = await createTemporaryFolder();
  await folder.put("ca.pem", authority.cert);
  await folder.put("client.pem", client.cert);
  await folder.put("client.key", client.key);
  const tls = { ca: ["ca.pem"], cert: "client.pem", key: "client.key" };
  expect(await ask(server.port, tls, folder.root)).toBe("client");
  await expect(ask(server.port, { ca: ["ca.pem"] }, folder.root)).rejects.toMatchObject({ code: "PORTOLAN_CONNECTION_FAILED" });
  await expect(ask(server.port, { ...tls, key: "nowhere.key" }, folder.root)).rejects.toMatchObject({
    code: "PORTOLAN_CONFIG_INVALID",
    message: expect.stringContaining("nowhere.key"),
  });
});
