import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eurekaClientOf } from './support/eureka.js';
import { FrontDoor } from './support/frontDoor.js';
import { Service } from './support/service.js';
import { until } from './support/until.js';

const limit = { timeout: 60_000 };
const stops = [];
let door;

before(async () => {
  door = await FrontDoor.start();
}, limit);

after(async () => {
  const ended = await Promise.allSettled(stops.reverse().map((stop) => stop()));
  const code = await door?.stop();
  assert.deepEqual(ended.filter((one) => one.status === 'rejected'), []);
  assert.equal(code, 0, 'the front door stops in good order');
}, limit);

async function service() {
  const started = await Service.start();
  stops.push(() => started.stop());
  return started;
}

async function started(instance, eureka, more) {
  const eurekaClient = eurekaClientOf(door, instance, eureka, more);
  await eurekaClient.start();
  // The client's timers would keep the process alive after a failed test.
  stops.push(() => eurekaClient.counts.deregistered > 0 || eurekaClient.stop());
  return eurekaClient;
}

const call = (path, init) => fetch(door.public + path, init);

test('a client with its own defaults and a scalar port registers, is called, and leaves', limit, async () => {
  const books = await service();
  const client = await started({ app: 'books', vipAddress: 'books', port: books.port });
  assert.equal(client.counts.registered, 1);

  const answer = await call('/books/shelf/3?lent=no', { headers: { 'x-call': 'defaults' } });
  assert.equal(answer.status, 200);
  const seen = await answer.json();
  assert.equal(seen.url, '/shelf/3?lent=no');
  assert.deepEqual(books.calls, ['defaults']);

  await client.stop();
  assert.equal(client.counts.deregistered, 1);
  const refused = await call('/books/shelf/3');
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get('content-type'), 'application/problem+json');
  assert.equal((await refused.json()).type, 'urn:gatehouse:error:no-instance');
  assert.deepEqual(books.calls, ['defaults']);
});

test('the ports as the documentation of the client writes them, and the root without a version', limit, async () => {
  const films = await service();
  const client = await started(
    {
      app: 'films',
      instanceId: 'films-1',
      vipAddress: 'films.example',
      port: { $: films.port, '@enabled': true },
      securePort: { $: 443, '@enabled': false },
      dataCenterInfo: { '@class': 'com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo', name: 'MyOwn' },
      statusPageUrl: 'http://127.0.0.1/info',
      metadata: { owner: 'archive' },
    },
    { servicePath: '/eureka/apps/' });
  assert.equal((await call('/FILMS/')).status, 200);

  const [instance] = client.client.getInstancesByAppId('films');
  assert.equal(instance.instanceId, 'films-1');
  assert.equal(instance.metadata.owner, 'archive');
  assert.equal(instance.port.$, films.port);
  await client.stop();
});

test('the fetched registry has every instance that is up, by application and by VIP', limit, async () => {
  const [one, two] = [await service(), await service()];
  const first = await started({ app: 'maps', instanceId: 'maps-1', vipAddress: 'maps.vip,atlas.vip', port: one.port });
  const second = await started({ app: 'maps', instanceId: 'maps-2', vipAddress: 'maps.vip', port: two.port });
  const reader = eurekaClientOf(door, {}, { registerWithEureka: false });
  await reader.fetchRegistry();

  const ids = (instances) => instances.map((instance) => instance.instanceId).sort();
  assert.deepEqual(ids(reader.client.getInstancesByAppId('MAPS')), ['maps-1', 'maps-2']);
  assert.deepEqual(ids(reader.client.getInstancesByVipAddress('maps.vip')), ['maps-1', 'maps-2']);
  assert.deepEqual(ids(reader.client.getInstancesByVipAddress('atlas.vip')), ['maps-1']);

  await first.stop();
  await reader.fetchRegistry();
  assert.deepEqual(ids(reader.client.getInstancesByAppId('MAPS')), ['maps-2']);
  await second.stop();
});

test('a client that reads deltas sees instances come, go out of service and leave', limit, async () => {
  const prints = await service();
  // An application of its own, so that the full registry that the client starts from is not empty.
  const other = await started({ app: 'frames', vipAddress: 'frames', port: prints.port });
  const reader = eurekaClientOf(door, {}, { registerWithEureka: false }, { shouldUseDelta: true });
  await reader.fetchRegistry();
  assert.ok(reader.client.hasFullRegistry);
  const seen = () => reader.client.getInstancesByVipAddress('prints').map((instance) => instance.status);
  assert.deepEqual(seen(), []);

  const client = await started({ app: 'prints', instanceId: 'prints-1', vipAddress: 'prints', port: prints.port });
  await reader.fetchRegistry();
  assert.deepEqual(seen(), ['UP']);

  const status = `${door.management}/eureka/v2/apps/PRINTS/prints-1/status?value=OUT_OF_SERVICE`;
  assert.equal((await fetch(status, { method: 'PUT' })).status, 200);
  await reader.fetchRegistry();
  assert.deepEqual(seen(), ['OUT_OF_SERVICE']);
  assert.equal((await call('/prints/')).status, 503);

  await client.stop();
  await reader.fetchRegistry();
  assert.deepEqual(seen(), []);
  await other.stop();
});

test('heartbeats keep an instance beyond its lease, and nothing else does', limit, async () => {
  const clocks = await service();
  const leaseInfo = { durationInSecs: 4, renewalIntervalInSecs: 1 };
  const beating = await started(
    { app: 'clocks', instanceId: 'beating', vipAddress: 'clocks', port: clocks.port, leaseInfo },
    { heartbeatInterval: 400, fetchRegistry: false });
  const begun = performance.now();
  const silent = await started(
    { app: 'sundials', instanceId: 'silent', vipAddress: 'sundials', port: clocks.port, leaseInfo },
    { fetchRegistry: false });
  assert.equal((await call('/sundials/')).status, 200);

  await until('the silent instance is gone', async () => (await call('/sundials/')).status === 503);
  assert.ok(performance.now() - begun > 3_500, 'the silent instance was kept for its lease');
  await until('more than two leases are over', () => performance.now() - begun > 9_000 && beating.counts.heartbeat >= 10);
  assert.equal((await call('/clocks/')).status, 200);
  assert.equal(beating.counts.registered, 1, beating.complaints.join('\n'));

  // Told by its next heartbeat, the client registers again by itself.
  silent.client.renew();
  await until('the client has registered again', () => silent.counts.registered === 2);
  assert.equal((await call('/sundials/')).status, 200);
  await silent.stop();
  await beating.stop();
});
