import type { ClientOptions, Credential } from "./options.ts";

/** What is wrong with how a system is to be reached, in words. */
export function checkConnection(options: ClientOptions): readonly string[] {
  const { auth, cache, forward, redirects, redirectsTo, proxy, credentials = {} } = options;
  const faults = redirectsTo.filter((origin) => !isHttp(origin)).map((origin) => `redirectsTo: ${origin} is no http or https URL`);
  if (redirectsTo.length > 0 && redirects === 0) faults.push("redirectsTo says where redirects may lead, and redirects is 0");
  if (proxy !== undefined && proxy !== "env" && !isHttp(proxy)) faults.push(`proxy: expected env, or an http or https URL`);
  const personal = forward.find((name) => /^(?:authorization|cookie)$/i.test(name));
  if (cache !== undefined && personal !== undefined)
    faults.push(`cache would show what one caller may see to another: ${personal} is forwarded`);
  for (const [name, given] of Object.entries({ ...credentials, ...(auth === undefined ? {} : { auth }) })) {
    const fault = typeof given === "string" ? undefined : checkCredential(given);
    if (fault !== undefined) faults.push(`${name}: ${fault}`);
  }
  if (
    auth !== undefined &&
    [...Object.keys(options.headers), ...Object.keys(options.secretHeaders ?? {})].some((name) => /^authorization$/i.test(name))
  )
    faults.push("auth and the header authorization are both given");
  return faults;
}

function checkCredential({ token, username, password, clientId, clientSecret }: Credential): string | undefined {
  if ((username === undefined) !== (password === undefined)) return "username and password belong together";
  if ((clientId === undefined) !== (clientSecret === undefined)) return "clientId and clientSecret belong together";
  const ways = [token, username, clientId].filter((one) => one !== undefined).length;
  return ways === 1 ? undefined : "expected one of: token; username and password; clientId and clientSecret";
}

function isHttp(text: string): boolean {
  return /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}
