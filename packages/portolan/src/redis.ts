export { type AddInput, type ReadInput, redis, type RedisFunctions } from "@portolan/connectors/redis";
