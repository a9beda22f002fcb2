import { setTimeout as delay } from 'node:timers/promises';

/** Waits until the condition holds; fails when it does not within the limit. */
export async function until(what, condition, limit = 20_000) {
  const end = performance.now() + limit;
  while (!(await condition())) {
    if (performance.now() > end) {
      throw new Error(`not within ${limit / 1000} s: ${what}`);
    }

    await delay(20);
  }
}
