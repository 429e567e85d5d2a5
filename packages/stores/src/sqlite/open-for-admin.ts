import type { StoreAdmin, StoreAdminOptions } from "./admin-store.ts";

/**
 * Opens a store beside the node that may own it (see admin-store.ts). Rejects with PORTOLAN_STORE_MISSING if the directory
 * holds no store.
 */
export async function openSqliteStoreForAdmin(options: StoreAdminOptions): Promise<StoreAdmin> {
  // A node has all of this in its store's thread, and must not load it a second time.
  const admin = await import("./admin-store.ts");
  return admin.openSqliteStoreForAdmin(options);
}
