export { nats, type NatsFunctions, type ReadInput, type SendInput } from "@portolan/connectors/nats";
