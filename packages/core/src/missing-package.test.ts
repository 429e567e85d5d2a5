import { createRequire } from "node:module";
import { expect, it } from "vitest";
import { asMissingPackage } from "./missing-package.ts";

function thrownBy(load: () => unknown): unknown {
  try {
    load();
  } catch (thrown) {
    return thrown;
  }
  throw new Error("nothing was thrown");
}

const require = createRequire(import.meta.url);
const absent = thrownBy(() => require(["portolan-absent", "inner"].join("/")));

it("says which package is not installed, and how to install all that are needed", () => {
  expect(asMissingPackage(absent, "the door", ["portolan-absent", "portolan-other"])).toMatchObject({
    code: "PORTOLAN_CONFIG_INVALID",
    message: "the door needs portolan-absent and portolan-other, and portolan-absent is not installed",
    hint: "npm install portolan-absent portolan-other",
  });
});

it("leaves what is no missing package of these as it is", () => {
  expect(asMissingPackage(absent, "the door", ["portolan-other"])).toBe(absent);
  const fault = new TypeError("broken");
  expect(asMissingPackage(fault, "the door", ["broken"])).toBe(fault);
});
