import os from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { machineFindings } from "./portable-tree.ts";

const root = path.join(os.tmpdir(), "somewhere", "checkout");

it.each([
  ["a user's folder", `cd /${"home"}/ada/portolan`],
  ["a user's folder on macOS", `/${"Users"}/ada`],
  ["the superuser's folder", `see "/${"root"}/x"`],
  ["the checkout's path", `open ${root}/README.md`],
  ["a neighbour of the checkout", `${path.dirname(root)}/notes.md`],
  ["a registry's host", `https://${"registry"}.example.com/a`],
  ["a registry setting", `${"registry"}=https://example.com`],
  ["a registry's token", `//example.com/:${"_auth"}Token=secret`],
])("finds %s", (_what, text) => {
  expect(machineFindings("notes.md", `one\n${text}\n`, root)).toHaveLength(1);
});

it("names the file, the line and the match", () => {
  expect(machineFindings("notes.md", `one\ncd /${"home"}/ada`, root)).toEqual([`notes.md:2: a home directory: /${"home"}/ada`]);
});

it("accepts relative paths, addresses and system folders", () => {
  const text = "./home/x ../work/y https://example.com/home/ada /usr/bin/env /tmp packages/core ${HOME}/x it is run as root";
  expect(machineFindings("notes.md", text, root)).toEqual([]);
});
