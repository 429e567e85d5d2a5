import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Ports, portOf, type ServerDefinition } from "./definition.ts";
import { program, unpacked } from "./packages.ts";

const VERSION = "5.18.3";

export const activemq: ServerDefinition = {
  name: "activemq",
  title: `Apache ActiveMQ Classic ${VERSION}`,
  ports: { core: 61_616, amqp: 5672, stomp: 61_613 },
  addresses: (ports) => ({
    ACTIVEMQ_AMQP: `amqp://127.0.0.1:${portOf(ports, "amqp")}`,
    ACTIVEMQ_STOMP: `stomp://127.0.0.1:${portOf(ports, "stomp")}`,
    ACTIVEMQ_CORE: `tcp://127.0.0.1:${portOf(ports, "core")}`,
  }),
  async prepare(place) {
    const { folder, ports } = place;
    const java = await program(place, { name: "java", debian: "openjdk-17-jre-headless" });
    const archive = await unpacked(place, `activemq-${VERSION}`, `org.apache.activemq:apache-activemq:${VERSION}:tar.gz:bin`);
    const home = join(archive, `apache-activemq-${VERSION}`);
    const settings = join(folder, "activemq.xml");
    await mkdir(join(folder, "tmp"), { recursive: true });
    await writeFile(settings, broker(ports, join(folder, "data")));
    return [
      {
        name: "broker",
        command: java,
        args: [
          "-Xms256m",
          "-Xmx512m",
          "--add-opens",
          "java.base/java.lang=ALL-UNNAMED",
          "--add-opens",
          "java.base/java.util=ALL-UNNAMED",
          `-Djava.io.tmpdir=${join(folder, "tmp")}`,
          `-Dactivemq.home=${home}`,
          `-Dactivemq.base=${folder}`,
          `-Dactivemq.conf=${folder}`,
          `-Dactivemq.data=${join(folder, "data")}`,
          "-jar",
          join(home, "bin", "activemq.jar"),
          "start",
          `xbean:file:${settings}`,
        ],
        ready: portOf(ports, "stomp"),
      },
    ];
  },
};

/** With a scheduler, for delayed messages, and a dead-letter queue for each queue. */
function broker(ports: Ports, data: string): string {
  const uri = (scheme: string, port: string, query = "") => `${scheme}://127.0.0.1:${portOf(ports, port)}${query}`;
  return `<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd
  http://activemq.apache.org/schema/core http://activemq.apache.org/schema/core/activemq-core.xsd">
  <broker xmlns="http://activemq.apache.org/schema/core" brokerName="portolan" dataDirectory="${data}" useJmx="false" schedulerSupport="true">
    <destinationPolicy><policyMap><policyEntries>
      <policyEntry queue=">" prioritizedMessages="true">
        <deadLetterStrategy><individualDeadLetterStrategy queuePrefix="DLQ." useQueueForQueueMessages="true"/></deadLetterStrategy>
      </policyEntry>
    </policyEntries></policyMap></destinationPolicy>
    <persistenceAdapter><kahaDB directory="${join(data, "kahadb")}"/></persistenceAdapter>
    <transportConnectors>
      <transportConnector name="core" uri="${uri("tcp", "core")}"/>
      <transportConnector name="amqp" uri="${uri("amqp", "amqp", "?transport.transformer=jms")}"/>
      <transportConnector name="stomp" uri="${uri("stomp", "stomp")}"/>
    </transportConnectors>
  </broker>
</beans>
`;
}
