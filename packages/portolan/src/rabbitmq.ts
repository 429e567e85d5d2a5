export { type PublishInput, type QueueInput, type RabbitmqFunctions, rabbitmq, type SendInput } from "@portolan/connectors/rabbitmq";
