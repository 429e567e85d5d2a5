import { PortolanError } from "@portolan/core";
import { expect, test } from "vitest";
import { createRouteTable } from "./route-table.ts";
import type { Door, DoorMethod } from "./door.ts";
import { checkPath } from "./path-pattern.ts";

const door = (method: DoorMethod, path: string, owner = "route a"): Door => ({ method, path, owner, handle() {} });
const table = createRouteTable;

test("parameters are decoded and the query is handed through as text", () => {
  const routes = table();
  routes.mount(door("GET", "/quakes/:id/parts/:part"));
  const found = routes.find("GET", "/quakes/a%2Fb%20c/parts/2?x=1&y=%20");
  expect({ ...found?.params }).toEqual({ id: "a/b c", part: "2" });
  expect(found?.queryText).toBe("x=1&y=%20");
});

test("a wildcard takes the rest of the path", () => {
  const routes = table();
  routes.mount(door("GET", "/files/*"));
  expect(routes.find("GET", "/files/a/b.txt")?.params["*"]).toBe("a/b.txt");
});

test.each([
  ["/files/", ""],
  ["/files/a%2Fb/c", "a/b/c"],
  ["/files//a", "/a"],
])("of %s the wildcard takes %j", (url, rest) => {
  const routes = table();
  routes.mount(door("GET", "/files/*"));
  expect({ ...routes.find("GET", url)?.params }).toEqual({ "*": rest });
});

test.each([
  ["/a/b/x", "/a/b/x"],
  ["/a/b/y", "/a/:id/y"],
  ["/a/c/x", "/a/:id/x"],
  ["/a/b/z", "/a/*"],
  ["/a/b", "/a/*"],
  ["/b/b/x", undefined],
])("%s is found at %s: what looks better is left where it leads nowhere", (url, path) => {
  const routes = table();
  for (const pattern of ["/a/b/x", "/a/:id/y", "/a/:id/x", "/a/*"]) routes.mount(door("GET", pattern));
  expect(routes.find("GET", url)?.door.path).toBe(path);
});

test.each(["/größe", "/gr%C3%B6%C3%9Fe", "/gr%c3%b6%C3%9Fe"])("%s is the same path in another encoding", (url) => {
  const routes = table();
  routes.mount(door("GET", "/größe"));
  expect(routes.find("GET", url)).toBeDefined();
});

test("an encoded delimiter is not the delimiter", () => {
  const routes = table();
  routes.mount(door("GET", "/a/b"));
  routes.mount(door("GET", "/a+b"));
  expect(routes.find("GET", "/a%2Fb")).toBeUndefined();
  expect(routes.find("GET", "/a%2Bb")).toBeUndefined();
});

test.each(["/quakes/%", "/quakes/%zz", "/quakes/%E0%A4", "/%/1"])("nothing stands at %s, whose encoding is broken", (url) => {
  const routes = table();
  routes.mount(door("GET", "/quakes/:id"));
  routes.mount(door("GET", "/:kind/:id"));
  expect(routes.find("GET", url)).toBeUndefined();
});

test.each([
  ["http://shop.example/quakes/1?x=2", "1", "x=2"],
  ["/quakes/1?x=2?y#z", "1", "x=2?y#z"],
  ["/quakes/1#x?y", "1", "x?y"],
  ["/quakes/1?", "1", ""],
])("the path of %s ends where its query begins", (url, id, query) => {
  const routes = table();
  routes.mount(door("GET", "/quakes/:id"));
  const found = routes.find("GET", url);
  expect([found?.params["id"], found?.queryText]).toEqual([id, query]);
});

test.each(["", "*", "quakes", "http://shop.example", "http:/quakes"])("%j is found nowhere", (url) => {
  const routes = table();
  routes.mount(door("GET", "/quakes"));
  routes.mount(door("GET", "/"));
  expect(routes.find("GET", url)).toBeUndefined();
});

test("a plain segment goes before a parameter", () => {
  const routes = table();
  const plain = door("GET", "/quakes/latest");
  routes.mount(door("GET", "/quakes/:id"));
  routes.mount(plain);
  expect(routes.find("GET", "/quakes/latest")?.door).toBe(plain);
});

test.each([
  ["/files/a%20b.pdf", "pdf", { name: "a b" }],
  ["/files/.pdf", "one", { "the file": ".pdf" }],
  ["/files/a.txt", "one", { "the file": "a.txt" }],
  ["/files/a:cancel", "cancel", { name: "a" }],
  ["/files/a%3Acancel", "cancel", { name: "a" }],
  ["/files/a,b.c", "pair", { x: "a", y: "b.c" }],
  ["/files/all:list", "list", {}],
])("%s is found among segments with parameters and text", (url, owner, params) => {
  const routes = table();
  routes.mount(door("GET", "/files/{the file}", "one"));
  routes.mount(door("GET", "/files/{name}.pdf", "pdf"));
  routes.mount(door("GET", "/files/{name}:cancel", "cancel"));
  routes.mount(door("GET", "/files/{x},{y}", "pair"));
  routes.mount(door("GET", "/files/all\\:list", "list"));
  const found = routes.find("GET", url);
  expect([found?.door.owner, found?.params]).toEqual([owner, params]);
});

test("HEAD finds the GET door unless it has its own", () => {
  const routes = table();
  const get = door("GET", "/a");
  const head = door("HEAD", "/a");
  routes.mount(get);
  expect(routes.find("HEAD", "/a")?.door).toBe(get);
  const mounted = routes.mount(head);
  expect(routes.find("HEAD", "/a")?.door).toBe(head);
  mounted.unmount();
  expect(routes.find("HEAD", "/a")?.door).toBe(get);
});

test("QUERY is a method like the others", () => {
  const routes = table();
  routes.mount(door("QUERY", "/search"));
  expect(routes.find("QUERY", "/search")).toBeDefined();
  expect(routes.methodsOf("/search")).toEqual(["QUERY"]);
});

test("two doors at one place are refused, naming both owners", () => {
  const routes = table();
  routes.mount(door("GET", "/quakes/:id"));
  const again = () => routes.mount(door("GET", "/quakes/:name", "route b"));
  expect(again).toThrow(PortolanError);
  expect(again).toThrow("route b: GET /quakes/:name is taken by route a as /quakes/:id");
  expect(() => routes.mount(door("PUT", "/quakes/:name"))).not.toThrow();
});

test("a place is free again after unmounting, and unmounting twice does not free another's place", () => {
  const routes = table();
  const mounted = routes.mount(door("GET", "/a"));
  mounted.unmount();
  expect(routes.find("GET", "/a")).toBeUndefined();
  routes.mount(door("GET", "/a", "route b"));
  mounted.unmount();
  expect(routes.find("GET", "/a")?.door.owner).toBe("route b");
});

test.each([
  "/",
  "/a",
  "/a/",
  "/a/:id",
  "/a/:id/b_c-d.e",
  "/größe/:id",
  "/files/*",
  "/{user-id}",
  "/{a},{b}",
  "/files/{name}.pdf",
  "/a\\:b",
])("%s is a path pattern", (path) => {
  expect(checkPath(path)).toBeUndefined();
});

test.each([
  ["a", "a path starts with /"],
  ["", "a path starts with /"],
  ["/a//b", 'the segment "" is neither'],
  ["/a/:", 'the segment ":" is neither'],
  ["/a/:id(\\d+)", "is neither"],
  ["/a/x:id", "is neither"],
  ["/a?b", "is neither"],
  ["/a b", "is neither"],
  ["/a/../b", "no request ever has"],
  ["/*/b", "* stands only at the end"],
  ["/:id/:id", "the parameter :id occurs twice"],
  ["/{id}/x{id}", "the parameter x{id} occurs twice"],
  ["/a{}", "is neither"],
  ["/{a", "is neither"],
])("%j is no path pattern", (path, why) => {
  expect(checkPath(path)).toContain(why);
  expect(() => table().mount(door("GET", path))).toThrow(PortolanError);
});
