import { describe, expect, it } from "vitest";
import { gapFindings, licenceFindings, type LockFile, sourceFindings } from "./lock-file.ts";

const SHA512 = `sha512-${"A".repeat(86)}==`;
const good = { version: "1.0.0", integrity: SHA512, license: "MIT" };

function lock(packages: LockFile["packages"]): LockFile {
  return { packages };
}

describe("sources of the lock file", () => {
  it("accepts registry archives with sha512, workspace folders and their links", () => {
    const packages = {
      "": { dependencies: { a: "1.0.0" } },
      "packages/core": { version: "0.1.0", dependencies: { a: "^1.0.0" } },
      "node_modules/@portolan/core": { resolved: "packages/core", link: true },
      "node_modules/a": good,
    };
    expect(sourceFindings(lock(packages))).toEqual([]);
  });

  it("refuses an entry without integrity, and a weak one", () => {
    const packages = { "node_modules/a": { version: "1.0.0" }, "node_modules/b": { version: "1.0.0", integrity: "sha1-AAAA" } };
    expect(sourceFindings(lock(packages))).toEqual([
      "node_modules/a: expected a sha512 integrity, found none",
      "node_modules/b: expected a sha512 integrity, found sha1-AAAA",
    ]);
  });

  it("refuses the address of a registry", () => {
    const packages = { "node_modules/a": { ...good, resolved: "https://example.com/a.tgz" } };
    expect(sourceFindings(lock(packages))[0]).toContain("names the address https://example.com/a.tgz");
  });

  it.each([
    "git+ssh://git@example.com/a.git",
    "git://example.com/a",
    "github:owner/a",
    "owner/a",
    "file:../a",
    "https://example.com/a.tgz",
    "npm:b@1.0.0",
  ])("refuses the spec %s", (spec) => {
    expect(sourceFindings(lock({ "": { devDependencies: { a: spec } } }))).toHaveLength(1);
  });
});

describe("gaps of the lock file", () => {
  it("finds dependencies in the package's own folder and in those above it", () => {
    const packages = {
      "packages/core": { dependencies: { a: "^1.0.0" } },
      "node_modules/a": { ...good, optionalDependencies: { b: "1.0.0", c: "1.0.0" } },
      "node_modules/a/node_modules/b": good,
      "node_modules/c": good,
    };
    expect(gapFindings(lock(packages))).toEqual([]);
  });

  it("names the package that nobody could install", () => {
    const packages = { "": { dependencies: { a: "1" } }, "node_modules/a": { ...good, optionalDependencies: { "a-arm64": "1.0.0" } } };
    expect(gapFindings(lock(packages))).toEqual(["node_modules/a: depends on a-arm64, which the lock file has no entry for"]);
  });
});

describe("licences", () => {
  it.each(["MIT", "ISC", "BSD-3-Clause", "Apache-2.0", "BlueOak-1.0.0", "0BSD", "CC0-1.0", "(GPL-3.0 OR MIT)", "MIT AND ISC"])(
    "allows %s",
    (license) => {
      expect(licenceFindings(lock({ "node_modules/a": { ...good, license } }))).toEqual([]);
    },
  );

  it.each(["GPL-3.0", "MPL-2.0", "MIT AND GPL-3.0", "SEE LICENSE IN FILE"])("refuses %s for users", (license) => {
    expect(licenceFindings(lock({ "node_modules/a": { ...good, license } }))).toHaveLength(1);
  });

  it("refuses a package that states none, and leaves development tools alone", () => {
    const packages = { "node_modules/a": { version: "1.0.0" }, "node_modules/b": { ...good, license: "MPL-2.0", dev: true } };
    expect(licenceFindings(lock(packages))).toEqual(["node_modules/a: no licence is not on the allow list of licences"]);
  });
});
