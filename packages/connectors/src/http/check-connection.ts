import type { ConnectionOptions, Credential } from "./connection-options.ts";

/** What is wrong with how a system is to be reached, in words. */
export function checkConnection({ auth, redirects, redirectsTo, proxy, servers, retry }: ConnectionOptions): readonly string[] {
  const faults = redirectsTo.filter((origin) => !isHttp(origin)).map((origin) => `redirectsTo: ${origin} is no http or https URL`);
  if (servers?.length === 0) faults.push("servers: there is none");
  if (retry !== undefined && retry.maxDelay < retry.delay) faults.push("retry: maxDelay is shorter than delay");
  if (redirectsTo.length > 0 && redirects === 0) faults.push("redirectsTo says where redirects may lead, and redirects is 0");
  if (proxy !== undefined && proxy !== "env" && !isHttp(proxy)) faults.push(`proxy: expected env, or an http or https URL`);
  if (auth !== undefined) faults.push(...checkCredential("auth", auth));
  return faults;
}

/** What is wrong with credentials of a name, in words. */
export function checkCredential(name: string, given: string | Credential): readonly string[] {
  if (typeof given === "string") return [];
  const { token, username, password, clientId, clientSecret } = given;
  if ((username === undefined) !== (password === undefined)) return [`${name}: username and password belong together`];
  if ((clientId === undefined) !== (clientSecret === undefined)) return [`${name}: clientId and clientSecret belong together`];
  const ways = [token, username, clientId].filter((one) => one !== undefined).length;
  return ways === 1 ? [] : [`${name}: expected one of: token; username and password; clientId and clientSecret`];
}

function isHttp(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}
