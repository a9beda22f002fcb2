import { promisify } from 'node:util';
import eurekaClient from 'eureka-js-client';

/**
 * The client as its users make it; what is not given is the client's default. Its callbacks are awaited, and its
 * complaints kept for the message of a failed test.
 */
export function eurekaClientOf(frontDoor, instance, eureka = {}, more = {}) {
  const { hostname, port } = new URL(frontDoor.management);
  const complaints = [];
  const client = new eurekaClient.Eureka({
    ...more,
    instance: { hostName: '127.0.0.1', ipAddr: '127.0.0.1', dataCenterInfo: { name: 'MyOwn' }, ...instance },
    eureka: { host: hostname, port: Number(port), ...eureka },
    logger: {
      debug() {},
      info() {},
      warn: (...parts) => complaints.push(parts.join(' ')),
      error: (...parts) => complaints.push(parts.join(' ')),
    },
  });
  const counts = { registered: 0, heartbeat: 0, deregistered: 0 };
  for (const event of Object.keys(counts)) {
    client.on(event, () => counts[event]++);
  }

  return {
    client,
    counts,
    complaints,
    start: promisify(client.start.bind(client)),
    stop: promisify(client.stop.bind(client)),
    fetchRegistry: promisify(client.fetchRegistry.bind(client)),
  };
}
