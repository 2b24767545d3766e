/**
 * Preloaded (`node --expose-gc --import`) into the measured processes: on SIGUSR2 garbage is collected and one line of JSON with
 * what remains is printed, so that memory in use is told from memory that has not been collected yet.
 */
import { setImmediate } from 'node:timers/promises';

process.on('SIGUSR2', async () => {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.();
    await setImmediate();
  }
  console.log(`memory ${JSON.stringify(process.memoryUsage())}`);
});
