export { type Clock, type Timer, sleep } from "./clock.ts";
export {
  type ConnectorDefinition,
  type ConnectorServices,
  type DeliverOptions,
  type Incoming,
  type Reply,
  type RunningSource,
  type RunningTarget,
  type SendRequest,
  type SourceContext,
  type SourceDefinition,
  type TargetContext,
  type TargetDefinition,
  defineConnector,
} from "./connector.ts";
export {
  type BodyOf,
  type Contract,
  type ContractCheck,
  type ContractCompiler,
  type ContractIssue,
  type ContractPath,
  type ContractResult,
  type JsonSchemaContract,
  isStandardSchema,
  standardCheck,
} from "./contract.ts";
export type * from "./definition.ts";
export { type Duration, formatDuration, parseDuration } from "./duration.ts";
export { ERROR_CODES, type ErrorCode, type ErrorKind, type PortolanErrorCode } from "./error-codes.ts";
export {
  type CompiledExpression,
  type ConstantExpression,
  type Expression,
  type ExpressionFunction,
  type ExpressionScope,
  type Language,
  type LanguageContext,
  type LanguageExpression,
  isConstantExpression,
  isLanguageExpression,
} from "./expression.ts";
export { type Format, type FormatDefinition, defineFormat } from "./format.ts";
export { type Logger, type LogLevel, silentLogger } from "./log.ts";
export {
  type Attributes,
  type Headers,
  type HeaderScalar,
  type HeaderValue,
  type Message,
  NO_ATTRIBUTES,
  NO_HEADERS,
  createHeaders,
  createMessage,
  header,
  mergeHeaders,
  withAttribute,
  withAttributes,
  withBody,
  withHeaders,
  withoutAttribute,
} from "./message.ts";
export * as option from "./option-types.ts";
export {
  type JsonSchema,
  type NestedReaders,
  type OptionSpec,
  type OptionSpecs,
  type OptionsOf,
  type OptionType,
  type ReadContext,
  describeValue,
  isRecord,
  listNames,
  nearestName,
  optional,
  optionsSchema,
  readOptions,
  required,
  unknownKey,
  withDefault,
} from "./options.ts";
export {
  type ErrorReport,
  type Finding,
  type Place,
  type PortolanErrorOptions,
  PortolanError,
  asPortolanError,
  knownCode,
  reportError,
  withSuppressed,
} from "./portolan-error.ts";
export { type Random, createIds } from "./random.ts";
export type * from "./store.ts";
