/** Writes batches as fast as it can and prints the number of each one that was confirmed; made to be killed. */
import { argv, stdout } from 'node:process';
import { openStore } from './index.ts';

const store = await openStore({ dataDir: argv[2] ?? '' });
const { database } = store;

async function writeForever(worker: number): Promise<never> {
  for (let count = 0; ; count += 1) {
    const id = `${worker}-${count}`;
    await store.write([
      database.insertInto('resource').values({
        id, name: 'x'.repeat(200), primary_key: '', primary_key_id: '', secondary_key: '', secondary_key_id: '', allowed_origins: '[]', created_at: count,
      }),
      database.insertInto('resource_host').values({ host: id, resource_id: id }),
    ]);
    await new Promise((resolve) => stdout.write(`${id}\n`, resolve));
  }
}

await Promise.all([0, 1, 2, 3].map(writeForever));
