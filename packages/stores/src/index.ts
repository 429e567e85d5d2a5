export { type MemoryStoreOptions, createMemoryStore } from "./memory/memory-store.ts";
export type { StoreChange, StoreLog, StoreLogRecord } from "./store-log.ts";
export { type SqliteStoreOptions, createSqliteStore } from "./sqlite/sqlite-store.ts";
export type { StoreAdmin, StoreAdminOptions } from "./sqlite/admin-store.ts";
export { openSqliteStoreForAdmin } from "./sqlite/open-for-admin.ts";
