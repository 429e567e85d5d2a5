import type { ClaimKey } from "../leases.ts";

/** What a transaction changed of the pending rows, for those who keep an eye on them. */
export type PendingChange =
  | {
      readonly kind: "appended";
      readonly subscription: number;
      readonly sequence: number;
      readonly due: number;
      readonly key: string | null;
      /** null: the caller does not remember the message. */
      readonly ticket: number | null;
    }
  | { readonly kind: "finished"; readonly subscription: number; readonly sequence: number; readonly key: string | null }
  | { readonly kind: "postponed"; readonly subscription: number; readonly sequence: number; readonly due: number };

/** Only true once the transaction is on the disk. */
export interface Changes {
  readonly pending: PendingChange[];
  readonly keptKeys: ClaimKey[];
  readonly spooled: string[];
  /** Stages of which it made messages: so many that they are not listed one by one. */
  readonly published: string[];
  /** Files that no row names any more. */
  readonly unnamed: string[];
}
