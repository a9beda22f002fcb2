import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eurekaClientOf } from './support/eureka.js';
import { FrontDoor } from './support/frontDoor.js';
import { Service } from './support/service.js';
import { until } from './support/until.js';

const rounds = 50;
const callers = 4;
const callsAfter = 5;
const limit = { timeout: 60_000 };
let door;
let service;

before(async () => {
  service = await Service.start();
  door = await FrontDoor.start();
}, limit);

after(async () => {
  await Promise.allSettled([service?.stop(), door?.stop()]);
}, limit);

/** Calls without a pause until told to stop; tells of each call whether it began after the deregistration's answer. */
async function callInALoop(round, caller) {
  for (let number = 0; !round.over; number++) {
    const made = { id: `${round.number}.${caller}.${number}`, afterAnswer: round.answered };
    const answer = await fetch(`${door.public}/leaver/`, { headers: { 'x-call': made.id } });
    await answer.arrayBuffer();
    made.status = answer.status;
    round.made.push(made);
  }
}

test(`in ${rounds} rounds under load, no call goes to a service once its deregistration is answered`, { timeout: 180_000 }, async () => {
  let reached = 0;
  let refused = 0;
  for (let number = 0; number < rounds; number++) {
    const client = eurekaClientOf(door, { app: 'leaver', vipAddress: 'leaver', port: service.port }, { fetchRegistry: false });
    const round = { number, made: [], answered: false, over: false };
    await client.start();
    const loops = Promise.all(Array.from({ length: callers }, (_, caller) => callInALoop(round, caller)));
    try {
      await until('calls are under way', () => round.made.length >= callers);
      client.client.once('deregistered', () => {
        round.answered = true;
      });
      await client.stop();
      assert.ok(round.answered);
      await until('calls were made after the answer', () =>
        round.made.filter((made) => made.afterAnswer).length >= callers * callsAfter);
    } finally {
      round.over = true;
      if (!round.answered) {
        // The client's timers would keep the process alive after a failed test.
        await client.stop().catch(() => {});
      }

      await loops;
    }

    const before = round.made.filter((made) => !made.afterAnswer);
    const later = round.made.filter((made) => made.afterAnswer);
    const served = new Set(service.calls);
    assert.deepEqual(before.filter((made) => made.status !== 200 && made.status !== 503), [], 'no call fails otherwise');
    assert.ok(before.filter((made) => made.status === 200).length >= callers, 'calls reached the service before');
    assert.deepEqual(later.filter((made) => made.status !== 503), [], 'every later call is refused');
    assert.deepEqual(later.filter((made) => served.has(made.id)), [], 'the service saw none of the later calls');
    reached += before.length;
    refused += later.length;
    service.calls = [];
  }

  assert.ok(reached > 0 && refused >= rounds * callers * callsAfter);
});
