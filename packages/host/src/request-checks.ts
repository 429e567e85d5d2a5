import { PortolanError, type Finding } from "@portolan/core";
import { wantedCheck, type ProxyServices } from "@portolan/gateway";
import type { LoadedApp } from "./load-app.ts";
import type { Platform } from "./platform.ts";

/** What opens the checks of requests that proxies of an app want; undefined if the platform has none. */
export function requestChecks({ directory }: LoadedApp, { openRequestCheck, formats }: Platform): ProxyServices["openCheck"] {
  if (openRequestCheck === undefined) return undefined;
  return async (wanted) => openRequestCheck(wanted, { ...(await formats(directory)), directory });
}

/** API descriptions that proxies name in vain. */
export async function proxyFindings(app: LoadedApp, platform: Platform): Promise<readonly Finding[]> {
  const openCheck = requestChecks(app, platform);
  const found = Object.entries(app.config.http.proxies).map(async ([name, options]): Promise<readonly Finding[]> => {
    const wanted = wantedCheck(options);
    try {
      if (wanted !== undefined) await openCheck?.(wanted);
      return [];
    } catch (error) {
      if (!(error instanceof PortolanError)) throw error;
      const { message, hint } = error;
      return [{ path: `config.http.proxies.${name}.api`, message, ...(hint === undefined ? {} : { hint }) }];
    }
  });
  return (await Promise.all(found)).flat();
}
