/** The versions of the protocol, the newest first: it is what is asked for, and what a client of an unknown version is offered. */
export const VERSIONS: readonly string[] = ["2025-11-25", "2025-06-18", "2025-03-26"];
