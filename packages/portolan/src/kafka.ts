export { type KafkaFunctions, type ReadInput, type WriteInput, kafka } from "@portolan/connectors/kafka";
