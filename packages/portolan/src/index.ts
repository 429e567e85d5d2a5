export { app, channel, retry, route, secret, system, valueMap } from "@portolan/engine";
export type { App, Block, ChannelRef, ClauseInput, ErrorMatchInput, RouteInput, RouteOf, StepOptions, Steps } from "@portolan/engine";
export { ERROR_CODES, PortolanError } from "@portolan/core";
export type {
  Attributes,
  Contract,
  Duration,
  Durability,
  ErrorKind,
  Headers,
  HeaderValue,
  Logger,
  Message,
  PortolanErrorCode,
  PortolanErrorOptions,
  SourceRef,
  TargetRef,
} from "@portolan/core";
export type { PortolanConfig } from "@portolan/cli";
