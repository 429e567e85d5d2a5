/** Where a request says which version it wants: one of the three. */
export interface VersionBy {
  readonly header?: string | undefined;
  readonly query?: string | undefined;
  /** In `Content-Type` or else `Accept`: `application/json;version=2`, or `application/vnd.shop.v2+json`. */
  readonly mediaType?: boolean | undefined;
}

/** What tells a door from the others of its method and path. */
export interface DoorVersion {
  /** Such as `2` or `2026-06-30`. A `v` before a number means nothing, on either side. */
  readonly name: string;
  readonly by: VersionBy;
  /** Answers requests that name no version. */
  readonly isDefault: boolean;
}
