import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eurekaClientOf } from './support/eureka.js';
import { FrontDoor } from './support/frontDoor.js';
import { Service } from './support/service.js';
import { until } from './support/until.js';

const limit = { timeout: 90_000 };
let door;
let service;
let client;

before(async () => {
  service = await Service.start();
  door = await FrontDoor.start();
}, limit);

after(async () => {
  const ended = await Promise.allSettled([client?.stop(), service?.stop()]);
  await door?.stop();
  assert.deepEqual(ended.filter((one) => one.status === 'rejected'), []);
}, limit);

test('a front door that was killed comes back with its instances, and clients beat on', limit, async () => {
  const leaseSeconds = 6;
  client = eurekaClientOf(
    door,
    {
      app: 'ledger',
      instanceId: 'ledger-1',
      vipAddress: 'ledger',
      port: service.port,
      leaseInfo: { durationInSecs: leaseSeconds, renewalIntervalInSecs: 1 },
    },
    { heartbeatInterval: 500, requestRetryDelay: 100, fetchRegistry: false });
  await client.start();
  assert.equal((await fetch(`${door.public}/ledger/`)).status, 200);

  await door.crashAndRestart();
  const ready = performance.now();
  assert.equal((await fetch(`${door.public}/ledger/`)).status, 200);

  const beats = client.counts.heartbeat;
  await until('the client beats on for more than a lease', () =>
    performance.now() - ready > 1.5 * leaseSeconds * 1000 && client.counts.heartbeat >= beats + 4);
  assert.equal((await fetch(`${door.public}/ledger/`)).status, 200);
  assert.equal(client.counts.registered, 1, 'the instance was known: nothing made the client register again');

  await client.stop();
  client = undefined;
  assert.equal((await fetch(`${door.public}/ledger/`)).status, 503);

  // What was acknowledged is kept: a deregistration too.
  await door.crashAndRestart();
  assert.notEqual((await fetch(`${door.public}/ledger/`)).status, 200);
  assert.equal((await fetch(`${door.management}/registry/v1/services/ledger`)).status, 404);
});
