import type { TargetRef } from "@portolan/core";

/**
 * Marks of the builder's values: they carry types only.
 * @public declarations of patterns name them
 */
export declare const TAKES: unique symbol;
export declare const YIELDS: unique symbol;
/** @public as TAKES */
export declare const RESULT: unique symbol;
export declare const COMPLETE: unique symbol;

/** A block of nested steps. */
export interface BlockOf {
  readonly kind: "block";
}

/** A route with its declared input and output. */
export interface RouteOf<In, Out> {
  readonly kind: "route";
  readonly input: In;
  readonly output: Out;
}

/** What a route that ends in another body than it declares is missing. */
export interface OutputMismatch<Out, Body> {
  readonly declared: Out;
  readonly found: Body;
}

type CompleteOf<Body, Of> =
  Of extends RouteOf<unknown, infer Out> ? ([Body] extends [Out] ? "complete" : OutputMismatch<Out, Body>) : "block";

/**
 * A list of steps in the making: `Body` is what reaches the next step, `Ended` what messages that ended earlier had.
 * Each method appends one step and yields a new list. Every pattern declares its own method in its folder.
 */
export interface Steps<Body, Ended = never, Of = BlockOf> {
  /** The raw list, as a flow file holds it. */
  readonly steps: readonly RawStep[];
  readonly [TAKES]?: Of extends RouteOf<infer In, unknown> ? (body: In) => void : never;
  readonly [RESULT]?: Of extends RouteOf<unknown, infer Out> ? (unknown extends Out ? Body | Ended : Out) : never;
  readonly [COMPLETE]?: CompleteOf<Body | Ended, Of>;
}

export type RawStep = Readonly<Record<string, unknown>>;

/** What the last argument of every method may also hold. */
export interface StepOptions {
  /** Unique in its route; default is its position. */
  readonly id?: string;
  readonly note?: string;
}

/** A function that appends the steps of a nested block. */
export type Block<Body, Next, Ended = never> = (steps: Steps<Body>) => Steps<Next, Ended>;

/** A channel as a value: a source of what was sent to it, a target for what its contract allows. */
export interface ChannelRef<Body = unknown> {
  readonly channel: string;
  readonly [YIELDS]?: Body;
  readonly [TAKES]?: (body: Body) => void;
}

/** A route named by its id. */
export interface RouteName {
  readonly route: string;
}

/** A recorder of the test kit. */
export interface RecordName {
  readonly record: string;
}

/** A channel or a route that takes such bodies. */
export interface Taker<Body> {
  readonly [TAKES]?: (body: Body) => void;
}

/** Where `to` may send a body. */
export type ToTarget<Body> =
  | TargetRef<Body, unknown>
  | (Taker<Body> & ({ readonly channel: string } | { readonly steps: readonly RawStep[] }))
  | RouteName
  | RecordName;

/** Whom `call` may ask with a body. */
export type CallTarget<Body> = TargetRef<Body, unknown> | (Taker<Body> & { readonly steps: readonly RawStep[] }) | RouteName | RecordName;

/** The body of a reply. */
export type ReplyOf<Target> = Target extends { readonly [RESULT]?: infer Result; readonly steps: readonly RawStep[] }
  ? Exclude<Result, undefined>
  : Target extends TargetRef<never, infer Reply>
    ? Reply
    : unknown;

/** What `merge` makes of bodies: any of their keys, and none for sure, since there may be no result. */
export type Merged<Result> = { readonly [Key in KeyOf<Result>]?: ValueOf<Result, Key> };
type KeyOf<Result> = Result extends unknown ? keyof Result : never;
type ValueOf<Result, Key> = Result extends { readonly [Name in Key & keyof Result]?: infer Value }
  ? Key extends keyof Result
    ? Value
    : never
  : never;

/** The body that a channel or a route takes. */
export type InputOf<Target> = Target extends { readonly [TAKES]?: (body: infer Body) => void } ? Body : unknown;

/** Options of a computed address. */
export interface AddressOptions extends StepOptions {
  readonly allow?: readonly string[];
  readonly onUnknown?: "fail" | "skip";
  readonly onEmpty?: "fail" | "skip";
}
