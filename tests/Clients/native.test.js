import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { eventsOf } from './support/events.js';
import { FrontDoor } from './support/frontDoor.js';
import { Service } from './support/service.js';

const limit = { timeout: 60_000 };
let door;

before(async () => {
  door = await FrontDoor.start();
}, limit);

after(async () => {
  await door?.stop();
}, limit);

function registry(method, path, body) {
  return fetch(`${door.management}/registry/v1${path}`, {
    method,
    headers: body ? { 'Content-Type': 'application/json' } : {},
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
}

test('an instance registers, beats, is taken out, comes back and leaves; a watcher sees it all', limit, async () => {
  const service = await Service.start();
  const watching = new AbortController();
  const watch = async (headers = {}) => {
    const response = await fetch(`${door.management}/registry/v1/watch?service=orders`, { headers, signal: watching.signal });
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    return eventsOf(response);
  };
  const status = () => fetch(`${door.public}/orders/`).then((answer) => answer.status);
  const instance = '/services/orders/instances/orders-1';
  try {
    const body = { address: service.address, zone: 'a', weight: 2, metadata: { team: 'sales' }, leaseSeconds: 30 };
    const created = await registry('PUT', instance, body);
    assert.equal(created.status, 201);
    assert.equal((await registry('PUT', instance, body)).status, 200);
    assert.equal(await status(), 200);
    assert.equal((await registry('POST', `${instance}/heartbeat`)).status, 204);

    const events = await watch();
    const next = async () => (await events.next()).value;
    assert.equal((await next()).event, 'reset');
    const seen = await next();
    assert.equal(seen.event, 'upserted');
    assert.equal(seen.data.address, service.address);
    assert.deepEqual(seen.data.metadata, body.metadata);

    assert.equal((await registry('PUT', `${instance}/status`, { status: 'out-of-service' })).status, 200);
    assert.equal(await status(), 503);
    const out = await next();
    assert.deepEqual([out.event, out.data.status], ['upserted', 'out-of-service']);

    assert.equal((await registry('PUT', `${instance}/status`, { status: 'up' })).status, 200);
    assert.equal(await status(), 200);
    assert.equal((await next()).data.status, 'up');

    const listed = await (await registry('GET', '/services/orders')).json();
    assert.deepEqual(listed.instances.map((one) => [one.id, one.zone, one.weight, one.status]), [['orders-1', 'a', 2, 'up']]);

    assert.equal((await registry('DELETE', instance)).status, 204);
    assert.equal(await status(), 503);
    const removed = await next();
    assert.deepEqual([removed.event, removed.data], ['removed', { service: 'ORDERS', id: 'orders-1' }]);
    assert.equal((await registry('POST', `${instance}/heartbeat`)).status, 404);
    assert.equal((await registry('GET', '/services/orders')).status, 404);

    // A watcher that had seen it go out of service and was cut off then gets the rest only.
    const resumed = await watch({ 'Last-Event-ID': out.id });
    const rest = (await resumed.next()).value;
    assert.deepEqual([rest.event, rest.id], ['removed', removed.id]);
  } finally {
    watching.abort();
    await service.stop();
  }
});

test('a deregistration with drain waits for the calls in flight, and takes no new ones meanwhile', limit, async () => {
  let finish;
  const arrived = new EventTarget();
  const service = await Service.start((request, response, body) => {
    finish = () => response.end(body);
    arrived.dispatchEvent(new Event('call'));
  });
  try {
    assert.equal((await registry('PUT', '/services/slow/instances/1', { address: service.address })).status, 201);
    const called = once(arrived, 'call');
    const inFlight = fetch(`${door.public}/slow/`);
    await called;

    let answered = false;
    const leaving = registry('DELETE', '/services/slow/instances/1?drain=15s').then((answer) => {
      answered = true;
      return answer;
    });
    while ((await registry('GET', '/services/slow')).status !== 404) {
      // Not yet taken out.
    }

    assert.equal((await fetch(`${door.public}/slow/`)).status, 503);
    assert.equal(answered, false);
    finish();
    const answer = await leaving;
    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('gatehouse-in-flight'), null);
    assert.equal((await inFlight).status, 200);
    assert.equal(service.calls.length, 1);
  } finally {
    await service.stop();
  }
});

test('a registration that is wrong is refused with a problem that names the fields', limit, async () => {
  const answer = await registry('PUT', '/services/bad/instances/1', { address: 'ftp://x', leaseSeconds: 0, colour: 'red' });
  assert.equal(answer.status, 400);
  assert.equal(answer.headers.get('content-type'), 'application/problem+json');
  const problem = await answer.json();
  assert.deepEqual(Object.keys(problem.errors).sort(), ['address', 'colour', 'leaseSeconds']);
  assert.equal((await registry('GET', '/services/bad')).status, 404);
});
