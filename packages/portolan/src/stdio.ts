export { type StdinInput, type StdoutInput, stdin, stdout } from "@portolan/connectors/stdio";
