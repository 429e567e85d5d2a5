import type { DoorVersion } from "@portolan/gateway";
import type { DoorOptions } from "./options.ts";

type VersionOptions = Pick<DoorOptions, "version" | "versionBy" | "default">;

/** The version of a door, and where requests name it. */
export function versionOf(options: VersionOptions): DoorVersion | undefined {
  const { version, versionBy = { header: "Api-Version" } } = options;
  return version === undefined ? undefined : { name: version, by: versionBy, isDefault: options.default === true };
}

/** What is wrong with a door's version, in words. */
export function checkVersion(options: VersionOptions): readonly string[] {
  const { version, versionBy } = options;
  if (version === undefined) {
    return (["versionBy", "default"] as const).flatMap((name) =>
      options[name] === undefined ? [] : [`${name} is about a version, and the door has none`],
    );
  }
  const places = Object.entries(versionBy ?? {}).flatMap(([name, place]) => (place === undefined || place === false ? [] : [name]));
  if (versionBy === undefined || places.length === 1) return [];
  return [`versionBy: expected one of header, query and mediaType, found ${places.length === 0 ? "none" : places.join(" and ")}`];
}
